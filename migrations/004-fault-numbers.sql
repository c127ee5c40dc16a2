-- Fault rules have numbers of their own, of which none is given out twice, also not once the organization begins again.

ALTER TABLE organizations ADD COLUMN next_fault INTEGER NOT NULL DEFAULT 1;
UPDATE organizations SET next_fault = next_sequence;
