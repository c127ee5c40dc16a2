-- Resources are no longer records: like groups, they have levels, and users have access to them.

CREATE TABLE resources (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  resource_id     TEXT NOT NULL,
  sequence        INTEGER NOT NULL,
  alias           TEXT NOT NULL,
  name            TEXT NOT NULL,
  description     TEXT NOT NULL,
  resource_type   TEXT NOT NULL,
  details         TEXT NOT NULL,       -- its other fields, as the API shows them, as a JSON object
  propagation     TEXT,                -- a timeline as JSON, or null for the organization's
  PRIMARY KEY (organization_id, resource_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX resources_by_sequence ON resources (organization_id, sequence);
CREATE INDEX resources_by_parent ON resources (organization_id, details ->> 'parent_resource_id');

INSERT INTO resources (organization_id, resource_id, sequence, alias, name, description, resource_type, details)
  SELECT organization_id, id, sequence, alias, document ->> 'name', IFNULL(document ->> 'description', ''),
    IFNULL(document ->> 'resource_type', 'CUSTOM'), json_remove(document, '$.name', '$.description', '$.resource_type')
  FROM records WHERE noun = 'resource';
DELETE FROM records WHERE noun = 'resource';

CREATE TABLE resource_access_levels (
  organization_id        INTEGER NOT NULL,
  resource_id            TEXT NOT NULL,
  access_level_remote_id TEXT NOT NULL,
  access_level_name      TEXT NOT NULL,
  sequence               INTEGER NOT NULL,
  PRIMARY KEY (organization_id, resource_id, access_level_remote_id),
  FOREIGN KEY (organization_id, resource_id) REFERENCES resources ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE resource_users (
  organization_id        INTEGER NOT NULL,
  resource_id            TEXT NOT NULL,
  user_id                TEXT NOT NULL,
  sequence               INTEGER NOT NULL,
  access_level_remote_id TEXT NOT NULL,
  expiration_date        TEXT,         -- null if it never expires
  pushed_at              TEXT,         -- null if the access came from the remote system
  propagation            TEXT,         -- the timeline chosen at the push, as JSON; null succeeds at once
  PRIMARY KEY (organization_id, resource_id, user_id),
  FOREIGN KEY (organization_id, resource_id) REFERENCES resources ON DELETE CASCADE,
  FOREIGN KEY (organization_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX resource_users_by_resource ON resource_users (organization_id, resource_id, sequence);
CREATE UNIQUE INDEX resource_users_by_user ON resource_users (organization_id, user_id, sequence);
