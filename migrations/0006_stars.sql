-- A star: somebody marked the version as one to keep.
ALTER TABLE versions ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
