-- Agreements: every version of each, the latest marked. Nothing here is ever updated but that mark and an erased reason.

CREATE TABLE agreements (
  id text NOT NULL,
  version bigint NOT NULL,
  latest boolean NOT NULL DEFAULT true,
  state text NOT NULL CHECK (state IN ('active', 'suspended', 'waiting', 'ended')),
  provider text NOT NULL,
  consumer text NOT NULL,
  service text NOT NULL,
  -- Terms and pins: everything an agreement says but its version and state.
  document jsonb NOT NULL,
  -- What made this version, and who.
  action text NOT NULL,
  staff text NOT NULL,
  role text NOT NULL,
  -- Free text, which can be erased: the ledger's entry has only its keyed digest.
  why text,
  -- Id of the ledger's entry of this version.
  entry text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, version)
);

CREATE UNIQUE INDEX agreements_latest ON agreements (id) WHERE latest;
