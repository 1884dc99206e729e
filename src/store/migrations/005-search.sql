-- What the audit's searches need beyond the primary key. Every index is paid for by each append (all of these together
-- add about 10 µs to an entry), so there are few, and purpose, provider, code and actor go by these and a filter.
-- All run forward in (time, shard, index), so that the newest first is one backward scan from the cursor's place.

CREATE INDEX ledger_entries_time ON ledger_entries (time, shard, index);

-- A service or consumer that is seldom used: what has it done at all?
CREATE INDEX ledger_entries_service ON ledger_entries (service, time, shard, index) WHERE service IS NOT NULL;
CREATE INDEX ledger_entries_consumer ON ledger_entries (consumer, time, shard, index) WHERE consumer IS NOT NULL;

-- The two questions of every complaint: what was looked up for this case, and what has this official looked up?
CREATE INDEX ledger_entries_case ON ledger_entries (case_number, time, shard, index) WHERE case_number IS NOT NULL;
CREATE INDEX ledger_entries_operator ON ledger_entries (operator, time, shard, index) WHERE operator IS NOT NULL;

-- Whatever is no released exchange: refusals, failures, and the doings of operators and watchers. Searches that can
-- only find such entries repeat this condition word for word.
CREATE INDEX ledger_entries_unusual ON ledger_entries (time, shard, index)
  WHERE kind <> 'exchange' OR outcome IS DISTINCT FROM 'released';
