/** `stile ledger shards`: the shards of the ledger, and how one is added or retired. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Query } from '../ledger/ledger.js';
import { OperatorError } from '../operator-error.js';
import type { Language, Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { openStoreAddress } from './store-address.js';
import { type Column, layOut, rowLine, titleLine } from './table.js';
import { environmentLanguage, terminalOf } from './terminal.js';

export const usage = `stile ledger shards
stile ledger shards add [--by ID]
stile ledger shards retire N [--by ID]
Lists the shards, adds one for one replica more, or retires one: nobody writes to it any more, and what is in it stays and is
proved as before. The roll tells of each change with its next checkpoint.

  --by ID        who does it, for the ledger; otherwise the login
The store is that of STILE_OWNER_URL or DATABASE_URL, or the one in STILE_DATA.`;

/** As 012-shards.sql raises it. */
const refusedCode = 'ST001';

/** SQLSTATE (PostgreSQL, appendix A). */
const insufficientPrivilege = '42501';

/** @returns 0 when it is done; 1 for wrong arguments */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { by: { type: 'string' } },
  });
  const [action, number = '', ...more] = positionals;
  const isKnown = action === undefined || (action === 'add' && number === '') || action === 'retire';
  if (!isKnown || more.length > 0 || (action === 'retire' && !/^\d{1,9}$/.test(number))) {
    printLines(io.stderr, [usage]);
    return 1;
  }
  const language = environmentLanguage(io.environment);
  const { by = userInfo().username } = values;
  const store = await openStoreAddress(io, true);
  const client = new pg.Client({ connectionString: store.database, application_name: 'stile ledger shards' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const query: Query = (text, values) => client.query(text, [...values]);
    if (action === undefined) printLines(io.stdout, await listed(query, io, language));
    else if (action === 'add') printLines(io.stdout, [added[language].replace('%', String(await add(query, by)))]);
    else {
      await retire(query, Number(number), by);
      printLines(io.stdout, [retired[language].replace('%', number)]);
    }
    return 0;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === insufficientPrivilege)
      throw new OperatorError(notOwner, { cause: error });
    throw error;
  } finally {
    await client.end();
    await store.close();
  }
}

async function add(query: Query, by: string): Promise<number> {
  const [row] = (await query('SELECT ledger_add_shard($1) AS shard', [by])).rows;
  return Number(row?.shard);
}

async function retire(query: Query, shard: number, by: string): Promise<void> {
  try {
    await query('SELECT ledger_retire_shard($1, $2)', [shard, by]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== refusedCode) throw error;
    throw new OperatorError(refusals[error.message] ?? unknown, { cause: error });
  }
}

interface Row {
  readonly shard: string;
  readonly size: string;
  readonly state: string;
  readonly holder: string;
}

async function listed(query: Query, io: Io, language: Language): Promise<readonly string[]> {
  const { rows } = await query(
    `SELECT shard, size, retired, holder, lease_until > clock_timestamp() AS held FROM ledger_heads
     WHERE shard >= 0 ORDER BY shard`,
    [],
  );
  const shown = rows.map(row => {
    const state = row.retired === true ? states.retired : row.held === true ? states.held : states.free;
    const holder = row.held === true ? String(row.holder) : '';
    return { shard: String(row.shard), size: Number(row.size).toLocaleString('en'), state: state[language], holder };
  });
  const terminal = terminalOf(io.stdout, io.environment, language);
  const layout = layOut(columnsIn(language), shown, terminal.width);
  return [titleLine(layout, terminal), ...shown.map(row => rowLine(layout, row, terminal))];
}

const columnsIn = (language: Language): readonly Column<Row>[] =>
  (['shard', 'size', 'state', 'holder'] as const).map((name, rank) => ({
    title: titles[name][language],
    cell: row => row[name],
    rank,
    least: 1,
    usual: 10,
  }));

const titles = {
  shard: { zh: '分片', en: 'SHARD' },
  size: { zh: '条目', en: 'ENTRIES' },
  state: { zh: '状态', en: 'STATE' },
  holder: { zh: '写入者', en: 'WRITER' },
} satisfies Record<keyof Row, Text>;

const states = {
  held: { zh: '使用中', en: 'held' },
  free: { zh: '空闲', en: 'free' },
  retired: { zh: '已停用', en: 'retired' },
} satisfies Record<string, Text>;

const added: Text = {
  zh: '已添加分片 %，空闲的副本随即可用。',
  en: 'Added shard %; a replica that has none takes it at once.',
};
const retired: Text = {
  zh: '分片 % 已停用；原写入者已转往其他空闲分片。',
  en: 'Retired shard %; whoever wrote to it goes on in another that is free.',
};

const notOwner: Text = {
  zh: '登录存储库的角色无权这样做；请将 STILE_OWNER_URL 设为以台账各表所有者身份登录的地址。',
  en: "The store's login may not do this: set STILE_OWNER_URL to log in as the owner of the ledger's tables.",
};
const unknown: Text = { zh: '没有这个在用的分片。', en: 'There is no such shard in use.' };
const refusals: Readonly<Record<string, Text>> = {
  unknown,
  last: { zh: '这是最后一个在用的分片，不能停用。', en: 'It is the last shard in use, and stays.' },
  intents: {
    zh: '该分片还有未了结的意向；请在办结后重试。',
    en: 'Intents are still open in it: try again once they are closed.',
  },
};
