-- Users have managers.

ALTER TABLE users ADD COLUMN manager_id TEXT;  -- another user of the organization
