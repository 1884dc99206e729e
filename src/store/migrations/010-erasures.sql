-- Free text that staff wrote: a side row of its own, so that it can be erased while its entry stays. The entry holds only a
-- digest of it, salted, and the salt goes with the text.

CREATE TABLE ledger_texts (
  -- The entry it stands beside.
  shard int NOT NULL,
  index bigint NOT NULL,
  id text NOT NULL,
  -- Of the entry's digest: SHA-256(salt || text). Null of texts from before this table, whose digest is keyed.
  salt bytea,
  text text,
  -- The entry that erased it: then there is neither text nor salt.
  erased_shard int,
  erased_index bigint,
  erased_time bigint,
  PRIMARY KEY (shard, index),
  CHECK (CASE WHEN text IS NULL THEN salt IS NULL AND num_nulls(erased_shard, erased_index, erased_time) = 0
    ELSE num_nonnulls(erased_shard, erased_index, erased_time) = 0 END)
);

-- By the entry's id, as agreements know it, and files of what was erased.
CREATE INDEX ledger_texts_id ON ledger_texts (id);

-- Erases what the erasure at that position says; nothing without one. It has its owner's rights: nobody else can alter a text.
CREATE FUNCTION ledger_erase_text(by_shard int, by_index bigint, by_time bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
  UPDATE ledger_texts AS beside
  SET text = NULL, salt = NULL, erased_shard = by_shard, erased_index = by_index, erased_time = by_time
  FROM ledger_entries AS entry, convert_from(entry.entry, 'UTF8') AS told
  WHERE entry.shard = by_shard AND entry.index = by_index AND entry.time = by_time AND entry.kind = 'erasure'
    AND entry.outcome IS NULL AND told::jsonb ->> 'action' = 'text'
    AND told::jsonb ->> 'record' = beside.shard || '/' || beside.index
    AND beside.shard = split_part(told::jsonb ->> 'record', '/', 1)::int
    AND beside.index = split_part(told::jsonb ->> 'record', '/', 2)::bigint
    AND beside.text IS NOT NULL
$$;

-- As 001-ledger.sql has it, and:
-- side         {texts: [{entry, salt, text}], erases: [entry]} too
CREATE OR REPLACE FUNCTION ledger_append(
  of_shard int, known_size bigint, known_epoch bigint, known_agreements bigint, sent bigint, lease int,
  new_time bigint, new_root bytea, new_range bytea,
  entries bytea, starts int[], lengths int[], leaves bytea, salts bytea,
  facets json, entry_facets int[], ids text[], cases text[], operators text[],
  tags bytea, tag_entries int[], tag_roles text[], side json,
  OUT fault text, OUT size bigint, OUT epoch bigint, OUT agreements bigint, OUT clock bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  is_new_month bool;
BEGIN
  clock := extract(epoch FROM clock_timestamp()) * 1000;
  IF abs(clock - sent) > 2000 THEN
    fault := 'clock';
    RETURN;
  END IF;

  is_new_month := NOT EXISTS (
    SELECT FROM ledger_months AS month
    WHERE month.shard = of_shard AND month.begins <= new_time AND month.ends > new_time);
  IF is_new_month AND NOT ledger_has_month(new_time) THEN
    fault := 'month';
    RETURN;
  END IF;

  UPDATE ledger_heads AS head
  SET size = known_size + length(leaves) / 32, root = new_root, range = new_range, time = new_time,
    lease_until = clock_timestamp() + lease * interval '1 ms'
  WHERE head.shard = of_shard AND head.size = known_size AND head.epoch = known_epoch
    AND head.agreements = known_agreements;
  IF NOT FOUND THEN
    SELECT head.size, head.epoch, head.agreements INTO size, epoch, agreements
    FROM ledger_heads AS head WHERE head.shard = of_shard;
    fault := CASE WHEN epoch IS DISTINCT FROM known_epoch THEN 'epoch' WHEN size <> known_size THEN 'size'
      ELSE 'agreements' END;
    RETURN;
  END IF;

  IF is_new_month THEN
    INSERT INTO ledger_months (shard, begins, ends, first_index)
    SELECT of_shard, month.begins, month.ends, known_size FROM ledger_month_at(new_time) AS month;
  END IF;

  INSERT INTO ledger_entries (shard, index, time, kind, outcome, code, actor, consumer, provider, service, purpose,
    case_number, operator, id, salt, leaf, entry)
  SELECT of_shard, known_size + entry.number - 1, new_time, facet.kind, facet.outcome, facet.code, facet.actor,
    facet.consumer, facet.provider, facet.service, facet.purpose, entry.case_number, entry.operator, entry.id,
    substring(salts FROM (entry.number * 16 - 15)::int FOR 16),
    substring(leaves FROM (entry.number * 32 - 31)::int FOR 32),
    substring(entries FROM entry.start FOR entry.length)
  FROM unnest(starts, lengths, entry_facets, ids, cases, operators)
    WITH ORDINALITY AS entry (start, length, facet, id, case_number, operator, number)
  JOIN ROWS FROM (json_to_recordset(facets) AS (kind text, outcome text, code text, actor text, consumer text,
    provider text, service text, purpose text)) WITH ORDINALITY AS facet
      (kind, outcome, code, actor, consumer, provider, service, purpose, number)
    ON facet.number = entry.facet;

  IF tags IS NOT NULL THEN
    INSERT INTO ledger_subjects (shard, index, time, tag, role)
    SELECT of_shard, known_size + subject.entry, new_time,
      substring(tags FROM (subject.number * 32 - 31)::int FOR 32), subject.role
    FROM unnest(tag_entries, tag_roles) WITH ORDINALITY AS subject (entry, role, number);
  END IF;

  IF side IS NOT NULL THEN
    DELETE FROM ledger_intents AS intent
    USING json_array_elements_text(side -> 'closes') AS closed (id)
    WHERE intent.shard = of_shard AND intent.id = closed.id;

    INSERT INTO ledger_intents (shard, id, index, time, epoch)
    SELECT of_shard, ids[opened.entry::int + 1], known_size + opened.entry::int, new_time, known_epoch
    FROM json_array_elements_text(side -> 'opens') AS opened (entry);

    INSERT INTO ledger_texts (shard, index, id, salt, text)
    SELECT of_shard, known_size + beside.entry, ids[beside.entry + 1], decode(beside.salt, 'base64'), beside.text
    FROM json_to_recordset(side -> 'texts') AS beside (entry int, salt text, text text);

    PERFORM ledger_erase_text(of_shard, known_size + erasing.entry::int, new_time)
    FROM json_array_elements_text(side -> 'erases') AS erasing (entry);

    UPDATE repeats AS repeat
    SET record = of_shard || '/' || (known_size + seal.entry), sealed = decode(seal.reply, 'base64')
    FROM json_to_recordset(side -> 'seals') AS seal (entry int, client text, service text, key text, reply text)
    -- A key that was given up meanwhile, and claimed again, is another exchange's.
    WHERE repeat.client = seal.client AND repeat.service = seal.service AND repeat.key = seal.key
      AND repeat.claimed_by = ids[seal.entry + 1];
  END IF;
END
$$;

-- What was written before goes where it can be erased. No month is old enough yet to have been dropped: every entry is there.
INSERT INTO ledger_texts (shard, index, id, text)
SELECT entry.shard, entry.index, entry.id, held.why
FROM agreements AS held JOIN ledger_entries AS entry ON entry.kind = 'agreement' AND entry.id = held.entry
WHERE held.why IS NOT NULL;

ALTER TABLE agreements DROP COLUMN why;

WITH told AS (
  SELECT DISTINCT ON (held.month) held.month, held.held AS text, entry.shard, entry.index, entry.id
  FROM ledger_retention AS held JOIN ledger_entries AS entry ON entry.kind = 'retention'
    AND convert_from(entry.entry, 'UTF8')::jsonb @> jsonb_build_object('action', 'held', 'month', held.month)
  WHERE held.held IS NOT NULL
  ORDER BY held.month, entry.time DESC, entry.index DESC
), moved AS (
  INSERT INTO ledger_texts (shard, index, id, text) SELECT shard, index, id, text FROM told
)
-- From now on `held` is the id of the entry that says so.
UPDATE ledger_retention AS held SET held = told.id FROM told WHERE told.month = held.month;

-- As 006-months.sql: names are looked for where the ledger is.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION ledger_erase_text(int, bigint, bigint) SET search_path = %I, pg_temp', current_schema());
END
$$;
REVOKE EXECUTE ON FUNCTION ledger_erase_text(int, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_erase_text(int, bigint, bigint) TO stile_gateway;

GRANT SELECT, INSERT ON ledger_texts TO stile_gateway;
GRANT SELECT ON ledger_texts TO stile_audit;
