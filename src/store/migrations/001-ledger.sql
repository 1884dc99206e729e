-- The ledger: one head a shard, its entries, their side rows, and the one function that appends.
-- Every statement and every unique key names the shard, so that the tables can be distributed by it.
-- Entries and subjects are parted by the UTC month of their time; 006-months.sql makes the partitions.

CREATE TABLE ledger_heads (
  shard int PRIMARY KEY,
  size bigint NOT NULL DEFAULT 0,
  -- RFC 6962, section 2.1: the hash of an empty tree is that of an empty string.
  root bytea NOT NULL DEFAULT sha256(''),
  -- The roots of the perfect subtrees the tree is made of, largest first, 32 bytes each.
  range bytea NOT NULL DEFAULT '',
  epoch bigint NOT NULL DEFAULT 0,
  -- Of the last entry, milliseconds since 1970 in UTC.
  time bigint NOT NULL DEFAULT 0,
  -- The agreements' version, the same on every head.
  agreements bigint NOT NULL DEFAULT 0,
  holder text,
  lease_until timestamptz
) WITH (fillfactor = 10); -- each commit updates a head: room for that in the page itself, with no index touched

-- A unique key over all partitions would have to contain the time: that a position is given once is the head's work, and
-- each partition has a primary key (shard, index) of its own.
CREATE TABLE ledger_entries (
  shard int NOT NULL,
  index bigint NOT NULL,
  time bigint NOT NULL,
  kind text NOT NULL,
  outcome text,
  code text,
  actor text,
  consumer text,
  provider text,
  service text,
  purpose text,
  case_number text,
  operator text,
  id text NOT NULL,
  -- Of the entry's digests; it never leaves the store.
  salt bytea NOT NULL,
  leaf bytea NOT NULL,
  entry bytea NOT NULL
) PARTITION BY RANGE (time);

CREATE TABLE ledger_subjects (
  shard int NOT NULL,
  index bigint NOT NULL,
  time bigint NOT NULL,
  tag bytea NOT NULL,
  role text NOT NULL
) PARTITION BY RANGE (time);

-- Of an entry: found by position, each tag once in a role, as the digest in the entry proves.
CREATE INDEX ledger_subjects_entry ON ledger_subjects (shard, index);
CREATE INDEX ledger_subjects_tag ON ledger_subjects (tag, time DESC, shard, index);

-- At which index each month of a shard begins, so that whoever knows a position finds its partition.
CREATE TABLE ledger_months (
  shard int NOT NULL,
  -- The month's first millisecond since 1970 in UTC, and the next month's.
  begins bigint NOT NULL,
  ends bigint NOT NULL,
  first_index bigint NOT NULL,
  PRIMARY KEY (shard, begins)
);

CREATE TABLE ledger_intents (
  shard int NOT NULL,
  id text NOT NULL,
  index bigint NOT NULL,
  time bigint NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (shard, id)
);

-- Moves the head of a shard from the size, epoch and agreements' version its writer knows, and inserts the entries.
-- Nothing is done when a comparison fails; then fault names it: clock, month, epoch, size or agreements. Month: the entries'
-- month has no partition.
--
-- sent         the writer's clock, ms; more than 2 s off this server's, either way, is refused
-- entries      canonical JSON, one after another; starts (from 1) and lengths say where each stands, in bytes
-- leaves       32 bytes for each entry
-- salts        16 bytes for each entry
-- facets       the search columns that many entries share, each combination once; entry_facets says which is whose, from 1
-- ids, cases and operators are the other search columns
-- tags         32 bytes for each subject's tag; tag_entries and tag_roles say of which entry (from 0) and in which role
-- side         null, or {opens: [entry], closes: [intent's id], seals: [{entry, client, service, key, reply}]}
CREATE FUNCTION ledger_append(
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

    UPDATE repeats AS repeat
    SET record = of_shard || '/' || (known_size + seal.entry), sealed = decode(seal.reply, 'base64')
    FROM json_to_recordset(side -> 'seals') AS seal (entry int, client text, service text, key text, reply text)
    -- A key that was given up meanwhile, and claimed again, is another exchange's.
    WHERE repeat.client = seal.client AND repeat.service = seal.service AND repeat.key = seal.key
      AND repeat.claimed_by = ids[seal.entry + 1];
  END IF;
END
$$;
