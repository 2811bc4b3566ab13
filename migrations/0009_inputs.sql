-- What else a version was made from, and one note a version about the copy its pages show.

-- Versions whose pixels went into another one beside its parent and its turn's references: a subject that was brought back.
CREATE TABLE inputs (
    version TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    source  TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    PRIMARY KEY (version, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_source ON inputs (source);

-- 1: the copy that pages show. It is made anew every week; only the newest is kept note of.
ALTER TABLE issued ADD COLUMN page INTEGER NOT NULL DEFAULT 0;
