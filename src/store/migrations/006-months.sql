-- The partitions of the ledger: one a UTC month, made ahead. There is no default one: a row whose month was forgotten shall
-- be refused and not stray into a partition that no archive asks for.

-- The month of a time (ms since 1970 in UTC): how its partitions' names end, its first millisecond and the next month's.
CREATE FUNCTION ledger_month_at(of_time bigint, OUT name text, OUT begins bigint, OUT ends bigint)
LANGUAGE sql STABLE AS $$
  SELECT to_char(month, 'YYYY_MM'), extract(epoch FROM month)::bigint * 1000,
    extract(epoch FROM month + interval '1 month')::bigint * 1000
  FROM date_trunc('month', to_timestamp(of_time / 1000) AT TIME ZONE 'UTC') AS month
$$;

-- Whether the month of a time has its partitions.
CREATE FUNCTION ledger_has_month(of_time bigint) RETURNS bool
LANGUAGE sql STABLE AS $$
  SELECT count(*) = 2
  FROM ledger_month_at(of_time) AS month, unnest(ARRAY['ledger_entries', 'ledger_subjects']) AS parent
  JOIN pg_inherits ON inhparent = parent::regclass
  WHERE inhrelid = to_regclass(parent || '_' || month.name)
$$;

-- Makes those partitions of a time's month that are missing. Each is made beside the table and then attached: made as a
-- partition, it would lock the table against every append.
CREATE FUNCTION ledger_make_month(of_time bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  month record;
  parent text;
  own_key text;
  partition text;
BEGIN
  SELECT * INTO month FROM ledger_month_at(of_time);
  FOR parent, own_key IN VALUES ('ledger_entries', 'ADD PRIMARY KEY (shard, index)'), ('ledger_subjects', NULL) LOOP
    partition := parent || '_' || month.name;
    CONTINUE WHEN EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(partition));
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
    IF own_key IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %I %s', partition, own_key);
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, partition, month.begins,
      month.ends);
  END LOOP;
END
$$;

-- Makes the partitions of this month and the next three, those of them that are missing. It has its owner's rights, so that
-- whoever appends can have partitions without being able to make, alter or drop tables.
CREATE FUNCTION ledger_make_months() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  -- Replicas that start together take turns; any number that nobody else locks.
  PERFORM pg_advisory_xact_lock(5491837267);
  PERFORM ledger_make_month((extract(epoch FROM date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')
    + ahead * interval '1 month') * 1000)::bigint)
  FROM generate_series(0, 3) AS ahead;
END
$$;

-- What has an owner's rights looks for names where the ledger is, and never first where its caller could put another.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION ledger_make_months() SET search_path = %I, pg_temp', current_schema());
END
$$;

SELECT ledger_make_months();
