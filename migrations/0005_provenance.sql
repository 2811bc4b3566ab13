-- Where pictures come from, and what left this house. No picture is in here; files named here are private.

-- What was done to make a version, for its credentials; none for an upload and for versions from before this table.
CREATE TABLE makings (
    version TEXT PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    agent   TEXT NOT NULL,                     -- who did it: "Gemini", "Built-in engine"
    model   TEXT,                              -- the model it asked
    acts    TEXT NOT NULL                      -- JSON: what was done, as the credentials say it
) STRICT, WITHOUT ROWID;

-- A picture that came with credentials of its own, kept as it came.
CREATE TABLE originals (
    version TEXT PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    file    TEXT NOT NULL,                     -- SHA-256 of the private file, in hex
    mime    TEXT NOT NULL,
    found   TEXT NOT NULL                      -- JSON: what its credentials said when it came
) STRICT, WITHOUT ROWID;
CREATE INDEX originals_by_file ON originals (file);

-- The signed statement about a version's stored picture: what its children name as their parent.
CREATE TABLE statements (
    version TEXT PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    label   TEXT NOT NULL UNIQUE,
    depth   INTEGER NOT NULL,                  -- how many statements are in the file, this one included
    file    TEXT NOT NULL                      -- SHA-256 of the private file with all of them, in hex
) STRICT, WITHOUT ROWID;
CREATE INDEX statements_by_file ON statements (file);

-- The id in a version's invisible mark: 64 random bits, as a signed number.
CREATE TABLE marks (
    mark    INTEGER PRIMARY KEY,
    version TEXT NOT NULL UNIQUE REFERENCES versions (id) ON DELETE CASCADE
) STRICT;

-- How a version looks: for finding it again.
CREATE TABLE looks (
    version TEXT PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    pdq     BLOB,                              -- 32 bytes; none when there is too little to tell
    pixels  BLOB NOT NULL                      -- SHA-256 of its pixels
) STRICT, WITHOUT ROWID;
CREATE INDEX looks_by_pixels ON looks (pixels);

-- Files that left, marked and signed.
CREATE TABLE issued (
    file    BLOB PRIMARY KEY,                  -- SHA-256 of the file
    version TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    pixels  BLOB NOT NULL,                     -- SHA-256 of its pixels
    label   TEXT                               -- what its statement is called, when it was signed
) STRICT, WITHOUT ROWID;
CREATE INDEX issued_by_version ON issued (version);
CREATE INDEX issued_by_pixels ON issued (pixels);
CREATE INDEX issued_by_label ON issued (label);
