-- The set of shards changes by its owner alone, and the roll tells of each change.

ALTER TABLE ledger_heads
  -- Nobody leases it any more; what is in it stays, and is proved as before.
  ADD COLUMN retired bool NOT NULL DEFAULT false,
  -- What the roll said of it last: added or retired; null before it said anything.
  ADD COLUMN told text,
  -- Who changed the set by it last, on their own word; null of a new store's.
  ADD COLUMN changed_by text;

CREATE FUNCTION ledger_add_shard(by_whom text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  added int;
BEGIN
  -- A change of agreements moves its version on the heads that it sees: none may come into being meanwhile.
  LOCK TABLE ledger_heads IN EXCLUSIVE MODE;
  INSERT INTO ledger_heads (shard, agreements, changed_by)
  SELECT coalesce(max(shard), -1) + 1, coalesce(max(agreements), 0), by_whom FROM ledger_heads
  RETURNING shard INTO added;
  RETURN added;
END
$$;

-- Refuses with SQLSTATE ST001 and one word: unknown, last or intents. Whoever writes to the shard loses it to the epoch.
CREATE FUNCTION ledger_retire_shard(of_shard int, by_whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM FROM ledger_heads WHERE shard = of_shard AND shard >= 0 AND NOT retired FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown' USING ERRCODE = 'ST001';
  END IF;
  PERFORM FROM ledger_heads WHERE shard >= 0 AND shard <> of_shard AND NOT retired ORDER BY shard FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'last' USING ERRCODE = 'ST001';
  END IF;
  IF EXISTS (SELECT FROM ledger_intents WHERE shard = of_shard) THEN
    RAISE EXCEPTION 'intents' USING ERRCODE = 'ST001';
  END IF;
  UPDATE ledger_heads SET retired = true, epoch = epoch + 1, holder = NULL, lease_until = NULL, changed_by = by_whom
  WHERE shard = of_shard;
END
$$;

-- As 007-rights.sql and 008-retention.sql: names are looked for where the ledger is, and the gateway may call neither.
DO $$
DECLARE
  own text;
BEGIN
  FOREACH own IN ARRAY ARRAY['ledger_add_shard(text)', 'ledger_retire_shard(int, text)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', own, current_schema());
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', own);
  END LOOP;
END
$$;
