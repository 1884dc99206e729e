-- The configs that were in force lately, so that every replica can go back to one, and start with it: the files as they were, in
-- which secrets are references. What is read from here is held against its digest, which the ledger has too.

CREATE TABLE configs (
  -- SHA-256 over the files, in hex.
  registry text PRIMARY KEY,
  files bytea NOT NULL
);

-- One for each time that one came into force, in that order.
CREATE TABLE config_changes (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  registry text NOT NULL REFERENCES configs
);

GRANT SELECT, INSERT, DELETE ON configs, config_changes TO stile_gateway;
