-- A search goes over so many entries of one index and no more, newest first, and keeps those that fit. So each column it may ask
-- for has an index that leads to its values; without one, a seldom value would be many pages away. They are paid for by each
-- append, so what nearly every entry has is in none of them. Searches repeat these conditions word for word. As in 005-search.sql,
-- all run forward in (time, shard, index).

-- The roll's entries are found by no search. No search that another index leads says `shard >= 0`, so that the store, whatever
-- it guesses, cannot go by this one and leave out what does not fit.
DROP INDEX ledger_entries_time;
CREATE INDEX ledger_entries_time ON ledger_entries (time, shard, index) WHERE shard >= 0;

-- In place of the one index over whatever is no released exchange: whichever of it was asked for.
DROP INDEX ledger_entries_unusual;
CREATE INDEX ledger_entries_kind ON ledger_entries (kind, time, shard, index)
  WHERE kind NOT IN ('exchange', 'checkpoint', 'key');
CREATE INDEX ledger_entries_outcome ON ledger_entries (outcome, time, shard, index) WHERE outcome <> 'released';
CREATE INDEX ledger_entries_code ON ledger_entries (code, time, shard, index) WHERE code IS NOT NULL;

CREATE INDEX ledger_entries_actor ON ledger_entries (actor, time, shard, index) WHERE actor IS NOT NULL;
CREATE INDEX ledger_entries_provider ON ledger_entries (provider, time, shard, index) WHERE provider IS NOT NULL;
CREATE INDEX ledger_entries_purpose ON ledger_entries (purpose, time, shard, index) WHERE purpose IS NOT NULL;

-- A person's entries in the order of all the others.
DROP INDEX ledger_subjects_tag;
CREATE INDEX ledger_subjects_tag ON ledger_subjects (tag, time, shard, index);
