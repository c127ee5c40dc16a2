-- What the sandbox adds to an organization.

ALTER TABLE organizations ADD COLUMN seed_digest TEXT NOT NULL DEFAULT '';       -- of the seed it began with
ALTER TABLE organizations ADD COLUMN next_sequence INTEGER NOT NULL DEFAULT 1;   -- of whatever is created next
