-- What makes the ledger provable to others: the upper parts of its trees, and what was last signed of each.

-- Full tiles of C2SP tlog-tiles, 256 hashes each; a root is the one hash of a tile in the tile above it.
CREATE TABLE ledger_tiles (
  shard int NOT NULL,
  level int NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  root bytea NOT NULL,
  PRIMARY KEY (shard, level, index)
);

CREATE TABLE ledger_checkpoints (
  shard int PRIMARY KEY,
  size bigint NOT NULL,
  root bytea NOT NULL,
  -- The signed note, with the witnesses' signatures so far.
  note text NOT NULL,
  -- Of a shard: the entry of the roll that holds this checkpoint.
  roll_index bigint
);
