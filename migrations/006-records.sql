-- Nouns without rules of their own (apps, owners, tags, message channels, ...) share one table; `noun` says which one
-- a row belongs to. How rows refer to each other is in the table of links.

CREATE TABLE records (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  noun            TEXT NOT NULL,
  id              TEXT NOT NULL,
  sequence        INTEGER NOT NULL,
  alias           TEXT NOT NULL,
  document        TEXT NOT NULL,       -- its fields except for the id, as the API shows them, as a JSON object
  PRIMARY KEY (organization_id, noun, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX records_by_sequence ON records (organization_id, noun, sequence);

-- Such as the tags of a group or the users of an owner. The ends can be records, groups or users.
CREATE TABLE links (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  kind            TEXT NOT NULL,
  from_id         TEXT NOT NULL,
  to_id           TEXT NOT NULL,
  sequence        INTEGER NOT NULL,    -- the order in which the links from one end are listed
  document        TEXT NOT NULL,       -- what the link itself has, such as an access level, as a JSON object
  PRIMARY KEY (organization_id, kind, from_id, to_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX links_by_sequence ON links (organization_id, kind, from_id, sequence);
CREATE INDEX links_by_target ON links (organization_id, kind, to_id);
