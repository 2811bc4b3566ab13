-- What a model answered when it made a version, to be sent back to it unchanged in the next turn. The file is private:
-- nothing serves it.
CREATE TABLE raw_parts (
    version  TEXT PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    family   TEXT NOT NULL,                    -- the model that made it, which alone can read it
    file     TEXT NOT NULL,                    -- SHA-256 of the file, in hex
    bytes    INTEGER NOT NULL,
    pictures INTEGER NOT NULL                  -- how many pictures are in it
) STRICT, WITHOUT ROWID;
CREATE INDEX raw_parts_by_file ON raw_parts (file);
