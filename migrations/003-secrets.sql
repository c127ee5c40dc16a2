-- Seeds and snapshots are kept without the secrets of their tokens; the hashes of these stand beside them.

ALTER TABLE organizations ADD COLUMN secrets TEXT NOT NULL DEFAULT '{}';   -- of its own seed: SHA-256 in hex, by alias
ALTER TABLE snapshots ADD COLUMN secrets TEXT NOT NULL DEFAULT '{}';       -- the same of the saved state
