-- What people say about a version, beside the turns. A comment that is taken back is gone, not hidden.
CREATE TABLE comments (
    id          TEXT PRIMARY KEY,
    session     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    version     TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    client_id   TEXT NOT NULL,
    author      TEXT REFERENCES visitors (id) ON DELETE SET NULL,
    author_name TEXT NOT NULL,
    words       TEXT NOT NULL,
    revision    INTEGER NOT NULL,              -- of the session, when it was added
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_by_client_id ON comments (session, client_id);
CREATE INDEX comments_by_version ON comments (version, revision);

ALTER TABLE versions ADD COLUMN comments INTEGER NOT NULL DEFAULT 0;            -- how many there are
ALTER TABLE versions ADD COLUMN comments_revision INTEGER NOT NULL DEFAULT 0;   -- of the session, when one last came or went
CREATE INDEX versions_by_comments ON versions (session, comments_revision) WHERE comments_revision > 0;
