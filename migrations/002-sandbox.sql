-- What the sandbox adds to an organization.

ALTER TABLE organizations ADD COLUMN seed_digest TEXT NOT NULL DEFAULT '';      -- of the seed that it began with
ALTER TABLE organizations ADD COLUMN seed TEXT;                                 -- its own, as JSON; null: the server's
ALTER TABLE organizations ADD COLUMN clock TEXT NOT NULL DEFAULT '{"mode":"real"}';
ALTER TABLE organizations ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';       -- those that are not as by default
ALTER TABLE organizations ADD COLUMN next_sequence INTEGER NOT NULL DEFAULT 1;  -- of whatever is created next

CREATE TABLE faults (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  sequence        INTEGER NOT NULL,     -- the first rule that matches acts
  rule            TEXT NOT NULL,        -- as JSON
  PRIMARY KEY (organization_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  name            TEXT NOT NULL,
  created_at      TEXT NOT NULL,
  seed            TEXT NOT NULL,        -- as JSON
  PRIMARY KEY (organization_id, name)
) STRICT, WITHOUT ROWID;
