-- By which of the agreements' versions each version of an agreement came, so that who holds the agreements as they were reads
-- what has changed and no more.

-- Called in the transaction of a change, which has locked every head and moves their version by one.
CREATE FUNCTION next_agreements_version() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(agreements), 0) + 1 FROM ledger_heads
$$;

ALTER TABLE agreements ADD COLUMN agreements_version bigint NOT NULL DEFAULT 0;
ALTER TABLE agreements ALTER COLUMN agreements_version SET DEFAULT next_agreements_version();
CREATE INDEX agreements_by_version ON agreements (agreements_version) WHERE latest;
