/**
 * Whoever holds all that the gateway hands out tries to tell two accesses to one person from accesses to two: a consumer and a
 * provider with their receipts, checkpoints and tiles, and even an auditor with every entry. They know the person's number and
 * every public key, and not the month's.
 */
import { createHash, createHmac } from 'node:crypto';
import pg from 'pg';
import t from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway, withoutCounting } from '../gateway.js';
import { rollKey } from '../ledger/roll-key.js';

const { married, divorced } = sampleResidents;
/** Of each kind of access three to one person and three to another, not in turn. */
const order = [married, married, divorced, married, divorced, divorced].map(({ residentId }) => residentId);
type Position = string | null;

/** Makes the six accesses of each kind. @returns their records by kind */
async function access({ exchange, call, token }: TestGateway): Promise<ReadonlyMap<string, readonly Position[]>> {
  const json = { 'content-type': 'application/json' };
  const security = { ...json, authorization: `Bearer ${await token('staff/security')}` };
  const kinds: Readonly<Record<string, (residentId: string) => Promise<{ readonly record: Position }>>> = {
    released: residentId => exchange('civil-affairs/marriage-status/v1', { residentId }),
    'refused after it was read': residentId =>
      exchange('civil-affairs/marriage-status/v1', { residentId }, { 'stile-purpose': 'marriage-registration' }),
    'about others too': residentId => exchange('public-security/household/v1', { residentId }),
    search: residentId =>
      call('/audit/search', {
        method: 'POST',
        headers: security,
        body: { subject: { kind: 'resident', identifier: residentId } },
      }),
  };
  const records = new Map<string, Position[]>();
  for (const [kind, ask] of Object.entries(kinds)) {
    const made: Position[] = [];
    for (const residentId of order) made.push((await ask(residentId)).record);
    records.set(kind, made);
  }
  return records;
}

async function receiptOf({ call, token }: TestGateway, record: Position, reader: string): Promise<Receipt> {
  const authorization = `Bearer ${await token(reader)}`;
  const answer = await call(`/ledger/receipts/${record}`, { headers: { authorization, prefer: 'wait=10' } });
  if (answer.status !== 200) throw new Error(`no receipt of ${record} for ${reader}: ${answer.text}`);
  return answer.body as unknown as Receipt;
}

/** Every value of an entry by its path. */
function valuesIn(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, held]) => valuesIn(held, `${path}/${name}`));
}

t.test('no member of their entries tells who is the same', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  for (const [kind, records] of await access(gateway)) {
    const reader = kind === 'search' ? 'staff/auditor' : 'housing/permits';
    const entries = [];
    for (const record of records) entries.push(JSON.parse((await receiptOf(gateway, record, reader)).entry));
    const values = entries.map(entry => new Map(valuesIn(entry)));
    t.equal(new Set(values.map(each => [...each.keys()].join())).size, 1, `${kind}: all have the same members`);
    t.ok(values[0]?.has('/subjects/digest'), `${kind}: and are about somebody`);
    for (const path of values[0]?.keys() ?? []) {
      // Six at one time, or not, say nothing of whom they were about; how many live in a household may differ.
      if (path === '/time' || path === '/subjects/count') continue;
      const different = new Set(values.map(each => each.get(path))).size;
      t.ok(different === 1 || different === order.length, `${kind}: ${path} is the same of all or of none`);
    }
  }
});

t.test('nothing that is handed out can be computed from a number that is known, or holds what tells', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const handed: string[] = [];
  const shards = new Set<string>();
  for (const [kind, records] of await access(gateway)) {
    const readers: Readonly<Record<string, readonly string[]>> = {
      search: ['staff/auditor'],
      'about others too': ['housing/permits', 'public-security/register'],
    };
    for (const record of records) {
      shards.add((record ?? '').split('/')[0] ?? '');
      for (const reader of readers[kind] ?? ['housing/permits'])
        handed.push(JSON.stringify(await receiptOf(gateway, record, reader)));
    }
  }
  const authorization = `Bearer ${await gateway.token('staff/auditor')}`;
  for (const log of ['', ...[...shards].map(shard => `${shard}/`)]) {
    const checkpoint = await (await fetch(`${gateway.url}/ledger/${log}checkpoint`)).text();
    const [, size = ''] = checkpoint.split('\n');
    const width = String(Number(size) % 256);
    handed.push(checkpoint);
    for (const tile of [`tile/0/000.p/${width}`, `tile/entries/000.p/${width}`]) {
      const answer = await fetch(`${gateway.url}/ledger/${log}${tile}`, { headers: { authorization } });
      t.equal(answer.status, 200, log + tile);
      const bytes = Buffer.from(await answer.arrayBuffer());
      handed.push(bytes.toString('hex'), bytes.toString('latin1'));
    }
  }
  const all = handed.join('\n');
  const isHanded = (bytes: Buffer) =>
    (['hex', 'base64', 'base64url'] as const).some(form => all.includes(bytes.toString(form).replace(/=+$/, '')));

  const pool = new pg.Pool({ connectionString: gateway.database, max: 1 });
  t.teardown(() => pool.end());
  const { rows } = await pool.query(`SELECT leaf, salt, ARRAY(SELECT tag FROM ledger_subjects AS subject
    WHERE subject.shard = entry.shard AND subject.index = entry.index) AS tags FROM ledger_entries AS entry
    WHERE kind = 'exchange'`);
  t.ok(
    rows.every(({ leaf }) => isHanded(leaf)),
    'what is there is found',
  );
  t.ok(rows.some(({ tags }) => tags.length > 1));
  for (const { salt, tags } of rows)
    for (const each of [salt, ...tags]) if (isHanded(each)) t.fail('it was handed out');

  // All that could be a key or a salt, and all that could be under it.
  const known = [...new Set(all.match(/[\w+/=-]{16,}/g))].flatMap(word => [
    Buffer.from(word),
    Buffer.from(word, 'base64'),
    Buffer.from(word, 'hex'),
  ]);
  const keys = [Buffer.alloc(0), Buffer.alloc(16), Buffer.alloc(32), Buffer.from(rollKey(gateway)), ...known];
  const guesses = [married, divorced].flatMap(({ residentId }) => [
    residentId,
    `resident\0${residentId}`,
    `subject\0resident\0${residentId}`,
    `{"residentId":"${residentId}"}`,
    `request\0{"residentId":"${residentId}"}`,
  ]);
  const digests = new Set(
    keys.flatMap(key =>
      guesses.flatMap(guess => {
        const plain = createHash('sha256').update(key).update(guess).digest();
        const tag = createHmac('sha256', key).update(guess).digest();
        const over = createHash('sha256').update(key).update(tag).update(Buffer.of(0)).digest();
        return [plain, tag, over].flatMap(each => [each.toString('hex'), each.toString('base64url')]);
      }),
    ),
  );
  const computed = all.match(/[\w-]{43,64}/g)?.filter(word => digests.has(word)) ?? [];
  t.same(computed, []);
  t.notOk(all.includes(married.residentId) || all.includes(divorced.residentId));
});
