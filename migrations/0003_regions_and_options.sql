-- A region is a mask that somebody drew: white may change, black stays, grey is its soft edge. Its blob is a grey picture in
-- the frame of the version it was drawn on.
CREATE TABLE regions (
    id         TEXT PRIMARY KEY,
    session    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    blob       TEXT NOT NULL REFERENCES blobs (id),
    share_ppm  INTEGER NOT NULL,                  -- how much of the picture may change, in millionths
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX regions_by_session ON regions (session);
CREATE INDEX regions_by_blob ON regions (blob);

ALTER TABLE turns ADD COLUMN region TEXT REFERENCES regions (id) ON DELETE SET NULL;
ALTER TABLE turns ADD COLUMN options TEXT NOT NULL DEFAULT '{}';            -- what was chosen beside the words, JSON
CREATE INDEX turns_by_region ON turns (region) WHERE region IS NOT NULL;

-- The model's own picture, where the version is that picture with the rest given back.
ALTER TABLE versions ADD COLUMN as_returned TEXT REFERENCES blobs (id);
-- What was measured between the version and what it was made from, JSON.
ALTER TABLE versions ADD COLUMN drift TEXT;
-- An empty canvas that a session was begun with instead of a picture.
ALTER TABLE versions ADD COLUMN canvas INTEGER NOT NULL DEFAULT 0;
CREATE INDEX versions_by_as_returned ON versions (as_returned) WHERE as_returned IS NOT NULL;
