-- Times are milliseconds since 1970 in UTC, ids are lower-case UUIDs, hashes are SHA-256.
-- No picture is in here: blobs names files beside this database.

CREATE TABLE visitors (
    id           TEXT PRIMARY KEY,
    token_hash   BLOB NOT NULL UNIQUE,
    name         TEXT,
    member       INTEGER NOT NULL DEFAULT 0,   -- signed in with the shared password
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    ended_at     INTEGER                       -- signed out: the cookie opens nothing any more
) STRICT;

CREATE TABLE blobs (
    id         TEXT PRIMARY KEY,               -- SHA-256 of the file, in hex
    format     TEXT NOT NULL CHECK (format IN ('png', 'jpeg', 'webp')),
    bytes      INTEGER NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id            TEXT PRIMARY KEY,
    title         TEXT NOT NULL,
    owner         TEXT REFERENCES visitors (id), -- none: everybody who knows the shared password
    token_hash    BLOB NOT NULL UNIQUE,
    head          TEXT NOT NULL REFERENCES versions (id) DEFERRABLE INITIALLY DEFERRED,
    revision      INTEGER NOT NULL,
    head_revision INTEGER NOT NULL,              -- the revision at which title or selection last changed
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    deleted_at    INTEGER
) STRICT;
CREATE INDEX sessions_by_owner ON sessions (owner, updated_at);
CREATE INDEX sessions_in_trash ON sessions (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE versions (
    id         TEXT PRIMARY KEY,
    session    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    parent     TEXT REFERENCES versions (id) ON DELETE CASCADE,
    blob       TEXT NOT NULL REFERENCES blobs (id),
    turn       TEXT REFERENCES turns (id) ON DELETE CASCADE,   -- none: an upload
    candidate  INTEGER NOT NULL DEFAULT 0,                     -- which of the turn's results
    created_at INTEGER NOT NULL,
    UNIQUE (session, number)
) STRICT;
CREATE INDEX versions_by_parent ON versions (parent);
CREATE INDEX versions_by_turn ON versions (turn);
CREATE INDEX versions_by_blob ON versions (blob);

CREATE TABLE turns (
    id                TEXT PRIMARY KEY,
    session           TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    client_id         TEXT NOT NULL,
    place             INTEGER NOT NULL,
    base              TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    instruction       TEXT NOT NULL,
    backend           TEXT NOT NULL,
    author            TEXT REFERENCES visitors (id) ON DELETE SET NULL,
    author_name       TEXT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempt           INTEGER NOT NULL DEFAULT 0,
    revision          INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    queued_at         INTEGER NOT NULL,
    started_at        INTEGER,
    took_ms           INTEGER,
    selected          TEXT REFERENCES versions (id) ON DELETE CASCADE,
    note              TEXT,
    usage             TEXT,
    failure_kind      TEXT,
    failure_message   TEXT,
    failure_retry_s   INTEGER,
    UNIQUE (session, place),
    UNIQUE (session, client_id)
) STRICT;
CREATE UNIQUE INDEX one_running_turn_per_session ON turns (session) WHERE state = 'running';
CREATE INDEX turns_open ON turns (queued_at) WHERE state IN ('queued', 'running');
CREATE INDEX turns_by_revision ON turns (session, revision);

CREATE TABLE turn_references (
    turn     TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    version  TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    PRIMARY KEY (turn, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE shares (
    id           TEXT PRIMARY KEY,
    session      TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    access       TEXT NOT NULL CHECK (access IN ('view', 'edit')),
    token_hash   BLOB NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    last_used_at INTEGER,
    uses         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX shares_by_session ON shares (session);

-- A visitor who followed a share's link.
CREATE TABLE grants (
    visitor    TEXT NOT NULL REFERENCES visitors (id) ON DELETE CASCADE,
    share      TEXT NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (visitor, share)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_share ON grants (share);

-- "Guest 2": the number a nameless visitor has in a session.
CREATE TABLE guests (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    visitor TEXT NOT NULL REFERENCES visitors (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    PRIMARY KEY (session, visitor),
    UNIQUE (session, number)
) STRICT, WITHOUT ROWID;
