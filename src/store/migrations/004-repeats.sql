-- Repeats: which Idempotency-Keys have been claimed, and the sealed reply each was answered with.
CREATE TABLE repeats (
  client text NOT NULL,
  service text NOT NULL,
  key text NOT NULL,
  -- keyed digest of the request, so that the same key with another request is told apart
  request bytea NOT NULL,
  -- the claim's own exchange, so that only it may give the claim up
  claimed_by text NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- position of the record the reply was released under, `shard/index`
  record text,
  sealed bytea,
  PRIMARY KEY (client, service, key)
);

CREATE INDEX repeats_expires_at ON repeats (expires_at);
