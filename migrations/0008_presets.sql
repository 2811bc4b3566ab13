-- Starting points that people saved; those of the library are in the program.
CREATE TABLE presets (
    id         TEXT PRIMARY KEY,
    owner      TEXT REFERENCES visitors (id) ON DELETE CASCADE,   -- none: everybody who knows the shared password
    preset     TEXT NOT NULL,                                     -- JSON: name, text, pictures, ratio
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX presets_by_owner ON presets (owner, id);
