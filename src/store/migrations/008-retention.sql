-- What becomes of the ledger's old months: held, archived, dropped. Each change of a row is also an entry of the ledger.

CREATE TABLE ledger_retention (
  -- YYYY-MM, UTC
  month text PRIMARY KEY,
  -- Why it is under legal hold; null when it is not.
  held text,
  -- SHA-256 of the signed manifest of the archive it was dropped for, and the ledger's entry that says so.
  manifest bytea,
  entry_shard int,
  entry_index bigint,
  dropped_at timestamptz
);

-- The leaves of dropped months that no full tile holds: fewer than 256 of a shard, until its next tile is full.
CREATE TABLE ledger_kept_leaves (
  shard int NOT NULL,
  index bigint NOT NULL,
  leaf bytea NOT NULL,
  PRIMARY KEY (shard, index)
);

-- Months that have entries, and no partition for them any more though none was dropped for an archive: somebody removed
-- them. A drop counts only while the entry that says so is there, or was itself dropped in its turn.
CREATE FUNCTION ledger_lost_months() RETURNS SETOF text
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT to_char(to_timestamp(known.begins / 1000) AT TIME ZONE 'UTC', 'YYYY-MM') AS month
  FROM ledger_months AS known
  LEFT JOIN ledger_retention AS kept
    ON kept.month = to_char(to_timestamp(known.begins / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')
  WHERE NOT ledger_has_month(known.begins) AND (kept.dropped_at IS NULL OR NOT EXISTS (
    SELECT FROM ledger_entries AS entry
    WHERE entry.shard = kept.entry_shard AND entry.index = kept.entry_index AND entry.kind = 'retention'
      AND convert_from(entry.entry, 'UTF8')::jsonb @> jsonb_build_object('action', 'dropped', 'month', kept.month)
    UNION ALL
    SELECT FROM ledger_months AS told
    WHERE told.shard = kept.entry_shard AND told.first_index <= kept.entry_index AND NOT ledger_has_month(told.begins)
      AND told.begins = (SELECT max(begins) FROM ledger_months
        WHERE shard = kept.entry_shard AND first_index <= kept.entry_index)
  ))
  ORDER BY month
$$;

-- Drops a month's partitions, never its hashes. Whoever calls has verified its archive against the store and has entered
-- that into the ledger; what the law demands is compared here again. Refuses with SQLSTATE ST001 and one word: unknown, held,
-- retention, entry, roll or tiles.
CREATE FUNCTION ledger_drop_month(of_month text, of_manifest bytea, of_shard int, of_index bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  span record;
  least interval;
BEGIN
  PERFORM pg_advisory_xact_lock(5491837267);
  -- Appends wait behind the lock that a drop takes: rather try again than keep them waiting.
  PERFORM set_config('lock_timeout', '1s', true);
  SELECT * INTO span FROM ledger_month_at((extract(epoch FROM (of_month || '-01')::timestamp) * 1000)::bigint);
  IF NOT ledger_has_month(span.begins) THEN
    RAISE EXCEPTION 'unknown' USING ERRCODE = 'ST001';
  END IF;
  IF EXISTS (SELECT FROM ledger_retention WHERE month = of_month AND held IS NOT NULL) THEN
    RAISE EXCEPTION 'held' USING ERRCODE = 'ST001';
  END IF;
  least := CASE WHEN ledger_released_persons(span.begins) THEN interval '36 months' ELSE interval '6 months' END;
  IF clock_timestamp() AT TIME ZONE 'UTC' < to_timestamp(span.ends / 1000) AT TIME ZONE 'UTC' + least THEN
    RAISE EXCEPTION 'retention' USING ERRCODE = 'ST001';
  END IF;
  PERFORM FROM ledger_entries AS entry
  WHERE entry.shard = of_shard AND entry.index = of_index AND entry.kind = 'retention' AND entry.time >= span.ends
    AND convert_from(entry.entry, 'UTF8')::jsonb
      @> jsonb_build_object('action', 'dropped', 'month', of_month, 'manifest', encode(of_manifest, 'hex'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'entry' USING ERRCODE = 'ST001';
  END IF;
  -- Receipts need the roll's entry of each shard's last checkpoint.
  IF EXISTS (SELECT FROM ledger_checkpoints AS signed JOIN ledger_entries AS entry
    ON entry.shard = -1 AND entry.index = signed.roll_index
    WHERE signed.shard >= 0 AND entry.time >= span.begins AND entry.time < span.ends) THEN
    RAISE EXCEPTION 'roll' USING ERRCODE = 'ST001';
  END IF;

  INSERT INTO ledger_kept_leaves (shard, index, leaf)
  SELECT entry.shard, entry.index, entry.leaf FROM ledger_entries AS entry
  WHERE entry.time >= span.begins AND entry.time < span.ends AND NOT EXISTS (
    SELECT FROM ledger_tiles AS tile
    WHERE tile.shard = entry.shard AND tile.level = 0 AND tile.index = entry.index / 256);
  -- More than a tile's end: the tiles have not been written.
  IF EXISTS (SELECT FROM ledger_kept_leaves GROUP BY shard, index / 256 HAVING count(*) > 255) THEN
    RAISE EXCEPTION 'tiles' USING ERRCODE = 'ST001';
  END IF;

  EXECUTE format('DROP TABLE %I, %I', 'ledger_entries_' || span.name, 'ledger_subjects_' || span.name);
  INSERT INTO ledger_retention (month, manifest, entry_shard, entry_index, dropped_at)
  VALUES (of_month, of_manifest, of_shard, of_index, clock_timestamp())
  ON CONFLICT (month) DO UPDATE SET manifest = excluded.manifest, entry_shard = excluded.entry_shard,
    entry_index = excluded.entry_index, dropped_at = excluded.dropped_at;
END
$$;

-- Whether data about somebody was released in the month that begins then: that is kept longest.
CREATE FUNCTION ledger_released_persons(month_begins bigint) RETURNS bool
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM ledger_entries AS entry, ledger_month_at(month_begins) AS month
    WHERE entry.time >= month.begins AND entry.time < month.ends AND entry.outcome = 'released'
      AND convert_from(entry.entry, 'UTF8')::jsonb ? 'subjects')
$$;

-- Puts a month under legal hold, or frees it when there is no reason any more.
CREATE FUNCTION ledger_hold_month(of_month text, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
  -- One after another with a drop, so that no hold comes between its look and its deed.
  SELECT pg_advisory_xact_lock(5491837267);
  INSERT INTO ledger_retention (month, held) VALUES (of_month, why)
  ON CONFLICT (month) DO UPDATE SET held = excluded.held
$$;

-- As 006-months.sql: names are looked for where the ledger is. The gateway may call neither.
DO $$
DECLARE
  own text;
BEGIN
  FOREACH own IN ARRAY ARRAY['ledger_drop_month(text, bytea, int, bigint)', 'ledger_hold_month(text, text)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', own, current_schema());
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', own);
  END LOOP;
END
$$;

GRANT SELECT ON ledger_retention, ledger_kept_leaves TO stile_gateway, stile_audit;
