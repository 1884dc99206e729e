/** What the ledger tells of changes of config, whichever replica made them. */
import type { Query } from '../ledger/ledger.js';
import { type ChangedBy, configAction } from './config-entry.js';

/** As its entry has it. */
export interface RecordedChange extends ChangedBy {
  /** Digest of the registry before; absent of the first ever. */
  readonly former?: string;
  /** Of the one since then. */
  readonly registry: string;
  /** The entry's position. */
  readonly record: string;
}

export interface RecordedChanges {
  /** The last; undefined where there is none. */
  last(): Promise<RecordedChange | undefined>;
  /**
   * The rollback by which files are held back: nothing has put them in force since they were rolled back from.
   *
   * @param files their digest
   */
  holding(files: string): Promise<RecordedChange | undefined>;
}

/** Those that were refused, or only tried, have an outcome. */
const changesSql = `SELECT entry.shard || '/' || entry.index AS record, told.change
  FROM ledger_entries AS entry CROSS JOIN LATERAL (SELECT convert_from(entry.entry, 'UTF8')::json AS change) AS told
  WHERE entry.kind = 'config' AND entry.outcome IS NULL`;
const newest = 'ORDER BY entry.time DESC, entry.shard DESC, entry.index DESC LIMIT 1';
const lastSql = `${changesSql} ${newest}`;
const aboutSql = `${changesSql} AND (change ->> 'registry' = $1 OR change ->> 'former' = $1 AND change ->> 'action' = $2) ${newest}`;

interface Row {
  readonly record: string;
  readonly change: Omit<RecordedChange, 'record'>;
}

export function recordedChanges(query: Query): RecordedChanges {
  async function read(text: string, values: readonly string[]): Promise<RecordedChange | undefined> {
    const [found] = (await query(text, values)).rows as unknown as readonly Row[];
    if (found === undefined) return undefined;
    const { way, staff, former, registry } = found.change;
    return { way, registry, record: found.record, ...(staff && { staff }), ...(former && { former }) };
  }

  return {
    last: () => read(lastSql, []),
    async holding(files) {
      const about = await read(aboutSql, [files, configAction.rolledBack]);
      return about?.registry === files ? undefined : about;
    },
  };
}
