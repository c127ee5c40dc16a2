-- Group users become rows with numbers of their own, as a row is found and written sooner by its number than by a key of
-- three parts.

CREATE TABLE numbered_group_users (
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
) STRICT;
INSERT INTO numbered_group_users (organization_id, group_id, user_id, sequence, access_level_remote_id,
    expiration_date, pushed_at, propagation)
  SELECT organization_id, group_id, user_id, sequence, access_level_remote_id, expiration_date, pushed_at, propagation
  FROM group_users;
DROP TABLE group_users;
ALTER TABLE numbered_group_users RENAME TO group_users;
CREATE UNIQUE INDEX group_users_by_group ON group_users (organization_id, group_id, sequence);
CREATE UNIQUE INDEX group_users_by_user ON group_users (organization_id, user_id, sequence);
