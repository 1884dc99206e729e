import t from 'tap';
import { parseCheckpoint } from '../../src/ledger/checkpoint.js';
import { decodeBundle } from '../../src/ledger/entry-bundle.js';
import { leafHash } from '../../src/ledger/merkle.js';
import { parseNote, verifyNote } from '../../src/ledger/note.js';
import { noteVerifier } from '../../src/ledger/note-key.js';
import { readRoot } from '../../src/ledger/proof.js';
import { decodeTile, nodesInTiles, tilePath } from '../../src/ledger/tile.js';
import { openGateway } from '../gateway.js';
import { rollKey } from '../ledger/roll-key.js';
import { until } from '../until.js';

t.test('anyone can rebuild the roll and a shard from checkpoint and tiles', async t => {
  const gateway = await openGateway(t);
  const { record } = await gateway.exchange('civil-affairs/marriage-status/v1', { residentId: '440304198804123031' });
  const [shard, index] = (record ?? '').split('/');
  const read = async (path: string) => {
    const answer = await fetch(`${gateway.url}/ledger/${path}`);
    t.equal(answer.status, 200, path);
    return answer;
  };
  await until(async () => {
    const answer = await fetch(`${gateway.url}/ledger/${shard}/checkpoint`);
    return answer.ok && parseCheckpoint(parseNote(await answer.text()).text).size > Number(index);
  });
  for (const prefix of ['', `${shard}/`]) {
    const note = parseNote(await (await read(`${prefix}checkpoint`)).text());
    const head = parseCheckpoint(note.text);
    if (prefix === '') t.equal(verifyNote(note, [noteVerifier(rollKey(gateway))]).length, 1);
    t.equal(head.origin, `stile.example/ledger${prefix && `/${shard}`}`);
    const nodes = nodesInTiles(head.size, async tile => {
      const answer = await read(`${prefix}${tilePath(tile)}`);
      t.match(answer.headers.get('cache-control'), /immutable/);
      return decodeTile(Buffer.from(await answer.arrayBuffer()), tile.width);
    });
    t.equal(await readRoot(head.size, nodes), head.root, `${head.origin} of ${head.size} entries`);
  }
});

t.test('entries are for auditors alone, and each bundle is on record', async t => {
  const gateway = await openGateway(t);
  const { record } = await gateway.exchange('civil-affairs/marriage-status/v1', { residentId: '440304198804123031' });
  const [shard, index] = (record ?? '').split('/').map(Number);
  const width = Number(index) + 1;
  const path = `/ledger/${shard}/tile/entries/000.p/${width}`;
  await until(async () => (await fetch(`${gateway.url}/ledger/${shard}/tile/0/000.p/${width}`)).ok);
  for (const reader of ['housing/permits', 'staff/security', 'staff/operator', 'staff/officer']) {
    const headers = { authorization: `Bearer ${await gateway.token(reader)}` };
    t.equal((await gateway.call(path, { headers })).status, 403, reader);
  }
  t.equal((await gateway.call(path)).status, 401);
  const headers = { authorization: `Bearer ${await gateway.token('staff/auditor')}` };
  const answer = await fetch(gateway.url + path, { headers });
  t.equal(answer.status, 200);
  const entries = decodeBundle(Buffer.from(await answer.arrayBuffer()), width);
  t.match(JSON.parse(String(entries[Number(index)])), { kind: 'exchange', outcome: 'released' });
  const tile = await fetch(`${gateway.url}/ledger/${shard}/tile/0/000.p/${width}`);
  t.same(entries.map(leafHash), decodeTile(Buffer.from(await tile.arrayBuffer()), width), 'they are the leaves');
  t.match(await gateway.entry(answer.headers.get('stile-record')), { question: 'bundle', record: `${shard}/0` });
});

t.test('what is not there is not found', async t => {
  const gateway = await openGateway(t);
  for (const path of [
    '99/checkpoint',
    'x/checkpoint',
    '99999999999/checkpoint',
    'tile/0/999',
    'tile/0/0',
    'tile/64/000',
    '0/tile/0/000.p/300',
  ]) {
    t.equal((await gateway.call(`/ledger/${path}`)).status, 404, path);
  }
});
