-- What calls of the API changed, as GET /v1/events tells it. A row holds several calls, one a line, since a row for each
-- would make every call that writes slower.

CREATE TABLE events (
  organization_id INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
  number          INTEGER NOT NULL,    -- of the first call; the calls of an organization are numbered from 1
  calls           TEXT NOT NULL,
  PRIMARY KEY (organization_id, number)
) STRICT, WITHOUT ROWID;
