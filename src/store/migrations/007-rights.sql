-- Who may do what. The owner, who runs these migrations, may do everything. The gateway adds to the ledger and moves its
-- heads, and can neither alter nor delete what is in it; the audit's role reads the ledger and nothing else. Partitions are
-- reached through their tables only. A later migration says the same of its own tables.

DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO stile_gateway, stile_audit', current_schema());
  EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

GRANT SELECT, INSERT, UPDATE ON ledger_heads, ledger_checkpoints TO stile_gateway;
GRANT SELECT, INSERT ON ledger_entries, ledger_subjects, ledger_months, ledger_tiles TO stile_gateway;
GRANT SELECT, INSERT, DELETE ON ledger_intents TO stile_gateway;

-- ledger_append has its caller's rights; only whoever may make the coming months gets rights that it does not have.
REVOKE EXECUTE ON FUNCTION ledger_make_month(bigint), ledger_make_months() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_make_months() TO stile_gateway;

GRANT SELECT, INSERT, UPDATE (latest, why) ON agreements TO stile_gateway;
-- Locking a row takes the right to update it.
GRANT SELECT, INSERT, UPDATE, DELETE ON assertion_ids, repeats TO stile_gateway;
GRANT SELECT ON migrations TO stile_gateway;

GRANT SELECT ON ledger_heads, ledger_entries, ledger_subjects, ledger_months, ledger_intents, ledger_tiles,
  ledger_checkpoints TO stile_audit;
