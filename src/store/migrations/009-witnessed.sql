-- What enough witnesses cosigned last: the roll's checkpoint with their signatures, and the shards' checkpoints that it
-- holds. Those signed last (ledger_checkpoints) may be ahead of it.
CREATE TABLE ledger_witnessed (
  shard int PRIMARY KEY,
  size bigint NOT NULL,
  root bytea NOT NULL,
  note text NOT NULL,
  -- Of a shard: the entry of the roll that holds this checkpoint.
  roll_index bigint
);

GRANT SELECT, INSERT, UPDATE ON ledger_witnessed TO stile_gateway;
GRANT SELECT ON ledger_witnessed TO stile_audit;
