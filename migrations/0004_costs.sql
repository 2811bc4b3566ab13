-- What each turn that was carried out came to. A row names its turn and outlives it: a month's sum stays true when a session
-- goes, and with it the turn.
CREATE TABLE costs (
    id          INTEGER PRIMARY KEY,
    turn        TEXT NOT NULL,
    session     TEXT NOT NULL,
    visitor     TEXT,                             -- who asked; none: a bare token
    backend     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    took_ms     INTEGER NOT NULL,
    pictures    INTEGER NOT NULL,
    cost_micros INTEGER                           -- millionths of a US dollar; none: nobody told
) STRICT;
CREATE INDEX costs_by_backend ON costs (backend, id);
CREATE INDEX costs_by_time ON costs (at, cost_micros) WHERE cost_micros IS NOT NULL;
CREATE INDEX costs_by_session ON costs (session, cost_micros) WHERE cost_micros IS NOT NULL;
CREATE INDEX costs_by_visitor ON costs (visitor, at, cost_micros) WHERE cost_micros IS NOT NULL;

-- The words that really went to the model at the last attempt, whole.
ALTER TABLE turns ADD COLUMN prompt TEXT;
