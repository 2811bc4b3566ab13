-- The gallery: a row for each picture that people may look for. Kept by triggers, so that whoever writes a version, a title or a
-- star need not think of it. An empty canvas is no picture to look for.
CREATE TABLE gallery (
    id      INTEGER PRIMARY KEY,               -- in the order they were made
    version TEXT NOT NULL UNIQUE REFERENCES versions (id) ON DELETE CASCADE,
    session TEXT NOT NULL,
    shelf   TEXT NOT NULL,                     -- whose: the owner's id, or 'team'
    scope   TEXT NOT NULL,                     -- shelf and session as words for the search
    title   TEXT NOT NULL,                     -- the session's
    asked   TEXT NOT NULL,                     -- the instruction; empty for an upload
    person  TEXT NOT NULL,                     -- who asked; empty for an upload
    backend TEXT NOT NULL,                     -- who did it; empty for an upload
    starred INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    hidden  INTEGER NOT NULL                   -- its session is in the trash
) STRICT;
CREATE INDEX gallery_by_shelf ON gallery (shelf, id) WHERE hidden = 0;
CREATE INDEX gallery_by_person ON gallery (shelf, person, id) WHERE hidden = 0;
CREATE INDEX gallery_by_backend ON gallery (shelf, backend, id) WHERE hidden = 0;
CREATE INDEX gallery_by_star ON gallery (shelf, id) WHERE hidden = 0 AND starred = 1;
CREATE INDEX gallery_by_session ON gallery (session, id);
CREATE INDEX gallery_by_time ON gallery (at, id);

CREATE VIRTUAL TABLE gallery_words USING fts5 (
    scope, title, asked, content = 'gallery', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO gallery (version, session, shelf, scope, title, asked, person, backend, starred, at, hidden)
SELECT v.id, s.id, coalesce(s.owner, 'team'),
       replace(coalesce(s.owner, 'team'), '-', '') || ' ' || replace(s.id, '-', ''),
       s.title, coalesce(t.instruction, ''), coalesce(t.author_name, ''), coalesce(t.backend, ''),
       v.starred, v.created_at, s.deleted_at IS NOT NULL
FROM versions v JOIN sessions s ON s.id = v.session LEFT JOIN turns t ON t.id = v.turn
WHERE v.canvas = 0 ORDER BY v.created_at, v.id;
INSERT INTO gallery_words (gallery_words) VALUES ('rebuild');

CREATE TRIGGER gallery_takes_a_version AFTER INSERT ON versions WHEN NEW.canvas = 0 BEGIN
    INSERT INTO gallery (version, session, shelf, scope, title, asked, person, backend, starred, at, hidden)
    SELECT NEW.id, s.id, coalesce(s.owner, 'team'),
           replace(coalesce(s.owner, 'team'), '-', '') || ' ' || replace(s.id, '-', ''),
           s.title, coalesce(t.instruction, ''), coalesce(t.author_name, ''), coalesce(t.backend, ''),
           NEW.starred, NEW.created_at, s.deleted_at IS NOT NULL
    FROM sessions s LEFT JOIN turns t ON t.id = NEW.turn WHERE s.id = NEW.session;
END;
CREATE TRIGGER gallery_follows_a_star AFTER UPDATE OF starred ON versions BEGIN
    UPDATE gallery SET starred = NEW.starred WHERE version = NEW.id;
END;
CREATE TRIGGER gallery_follows_a_title AFTER UPDATE OF title ON sessions WHEN NEW.title IS NOT OLD.title BEGIN
    UPDATE gallery SET title = NEW.title WHERE session = NEW.id;
END;
CREATE TRIGGER gallery_follows_the_trash AFTER UPDATE OF deleted_at ON sessions BEGIN
    UPDATE gallery SET hidden = NEW.deleted_at IS NOT NULL WHERE session = NEW.id;
END;

CREATE TRIGGER gallery_words_come AFTER INSERT ON gallery BEGIN
    INSERT INTO gallery_words (rowid, scope, title, asked) VALUES (NEW.id, NEW.scope, NEW.title, NEW.asked);
END;
CREATE TRIGGER gallery_words_go AFTER DELETE ON gallery BEGIN
    INSERT INTO gallery_words (gallery_words, rowid, scope, title, asked)
    VALUES ('delete', OLD.id, OLD.scope, OLD.title, OLD.asked);
END;
CREATE TRIGGER gallery_words_change AFTER UPDATE OF title ON gallery BEGIN
    INSERT INTO gallery_words (gallery_words, rowid, scope, title, asked)
    VALUES ('delete', OLD.id, OLD.scope, OLD.title, OLD.asked);
    INSERT INTO gallery_words (rowid, scope, title, asked) VALUES (NEW.id, NEW.scope, NEW.title, NEW.asked);
END;
