-- What the API knows: who is in which group, at which level, until when.
-- Everything belongs to an organization, whose number leads every key.
-- Dates are text as the API writes them (2026-01-01T00:00:00.000Z): their order as text is their order in time.
-- `sequence` is the order of creation within an organization, which lists follow and cursors point into.

CREATE TABLE organizations (
  organization_id INTEGER PRIMARY KEY,
  name            TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE users (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  user_id         TEXT NOT NULL,
  sequence        INTEGER NOT NULL,
  alias           TEXT NOT NULL,
  email           TEXT NOT NULL COLLATE NOCASE,
  full_name       TEXT NOT NULL,
  first_name      TEXT NOT NULL,
  last_name       TEXT NOT NULL,
  position        TEXT NOT NULL,
  hr_idp_status   TEXT,
  propagation     TEXT,                -- a timeline as JSON, or null for the group's
  PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_sequence ON users (organization_id, sequence);
CREATE UNIQUE INDEX users_by_email ON users (organization_id, email);

CREATE TABLE tokens (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  token_id        TEXT NOT NULL,
  sequence        INTEGER NOT NULL,
  alias           TEXT NOT NULL,
  token_hash      BLOB UNIQUE,         -- SHA-256 of the secret; null where the alias alone names the token
  token_label     TEXT NOT NULL,
  access_level    TEXT NOT NULL CHECK (access_level IN ('FULL_ACCESS', 'READ_ONLY')),
  creator_user_id TEXT NOT NULL,       -- need not be among the users: a seed may have none
  user_id         TEXT NOT NULL,
  created_at      TEXT NOT NULL,
  expires_at      TEXT,
  revoked_at      TEXT,
  PRIMARY KEY (organization_id, token_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tokens_by_sequence ON tokens (organization_id, sequence);
CREATE UNIQUE INDEX tokens_by_alias ON tokens (organization_id, alias);

CREATE TABLE groups (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  group_id        TEXT NOT NULL,
  sequence        INTEGER NOT NULL,
  alias           TEXT NOT NULL,
  name            TEXT NOT NULL,
  description     TEXT NOT NULL,
  group_type      TEXT NOT NULL,
  details         TEXT NOT NULL,       -- the group's other fields, as the API shows them, as a JSON object
  propagation     TEXT,                -- a timeline as JSON, or null for the organization's
  PRIMARY KEY (organization_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX groups_by_sequence ON groups (organization_id, sequence);

CREATE TABLE access_levels (
  organization_id        INTEGER NOT NULL,
  group_id               TEXT NOT NULL,
  access_level_remote_id TEXT NOT NULL,
  access_level_name      TEXT NOT NULL,
  sequence               INTEGER NOT NULL,
  PRIMARY KEY (organization_id, group_id, access_level_remote_id),
  FOREIGN KEY (organization_id, group_id) REFERENCES groups ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE group_users (
  organization_id        INTEGER NOT NULL,
  group_id               TEXT NOT NULL,
  user_id                TEXT NOT NULL,
  sequence               INTEGER NOT NULL,
  access_level_remote_id TEXT NOT NULL,
  expiration_date        TEXT,         -- null is for ever
  pushed_at              TEXT,         -- null where the access came from the remote system
  propagation            TEXT,         -- the timeline chosen at the push, as JSON; null succeeds at once
  PRIMARY KEY (organization_id, group_id, user_id),
  FOREIGN KEY (organization_id, group_id) REFERENCES groups ON DELETE CASCADE,
  FOREIGN KEY (organization_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX group_users_by_group ON group_users (organization_id, group_id, sequence);
CREATE UNIQUE INDEX group_users_by_user ON group_users (organization_id, user_id, sequence);
