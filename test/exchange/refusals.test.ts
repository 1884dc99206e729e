import t from 'tap';
import { openRefusalGate, type Refusal, sourceGroup } from '../../src/exchange/refusals.js';
import type { EntryBody } from '../../src/ledger/ledger.js';

const settings = {
  bodyLimit: 1,
  depthLimit: 1,
  hopLimit: 3,
  releaseDeadline: 1000,
  repeatLife: 1,
  trustedProxies: [],
  sourceRate: 5,
  refusals: { source: 2, client: 3, all: 100 },
};
const stranger: Refusal = {
  source: '192.0.2.1',
  client: undefined,
  consumer: undefined,
  service: 'a/b/v1',
  code: 'STILE_TOKEN_MISSING',
  stage: 'identify',
  outcome: 'refused',
};
const known: Refusal = { ...stranger, client: 'housing/permits', consumer: 'housing', code: 'STILE_AGREEMENT_NONE' };

function gate(fails: { times: number } = { times: 0 }) {
  const entries: EntryBody[] = [];
  const failures: unknown[] = [];
  const opened = openRefusalGate(
    () => settings,
    async entry => {
      if (fails.times-- > 0) throw new Error('no store');
      entries.push(entry);
    },
    error => failures.push(error),
  );
  t.teardown(() => opened.close());
  return { ...opened, entries, failures };
}

t.test('past the rate of one source, refusals are counted and become one entry', async t => {
  const { records, flush, entries } = gate();
  t.same(
    [1, 2, 3, 4, 5].map(() => records(stranger, 1000)),
    [true, true, false, false, false],
  );
  t.equal(records({ ...stranger, source: '192.0.2.2' }, 1000), true, 'another source has its own rate');
  t.equal(records(stranger, 2000), true, 'each second is a new one');
  await flush();
  t.equal(entries.length, 1);
  t.match(entries[0], {
    kind: 'refusals',
    code: 'STILE_TOKEN_MISSING',
    count: 3,
    sources: [{ source: '192.0.2.1', count: 3 }],
  });
});

t.test('a valid client is counted by service and code', async t => {
  const { records, flush, entries } = gate();
  for (let i = 0; i < 10; i++) records(known, 1000);
  t.equal(records({ ...known, code: 'STILE_CONSTRAINT' }, 1000), true);
  await flush();
  t.match(entries, [{ client: 'housing/permits', consumer: 'housing', service: 'a/b/v1', provider: 'a', count: 7 }]);
});

t.test('counts that cannot be written are kept, and joined by those since', async t => {
  const { records, flush, entries, failures } = gate({ times: 1 });
  for (let i = 0; i < 6; i++) records(known, 1000);
  await flush();
  t.equal(failures.length, 1);
  t.equal(entries.length, 0);
  for (let i = 0; i < 5; i++) records(known, 2000);
  await flush();
  t.match(entries, [{ count: 5, from: '1970-01-01T00:00:01.000Z', until: '1970-01-01T00:00:02.000Z' }]);
});

t.test('many strangers cannot grow the gate or the ledger without bound', async t => {
  const { records, flush, entries } = gate();
  for (let i = 0; i < 1000; i++) {
    for (let j = 0; j < 3; j++) records({ ...stranger, source: `198.51.${i >> 8}.${i & 255}` }, 1000);
  }
  await flush();
  t.equal(entries.length, 1);
  t.equal(entries[0]?.count, 3000 - settings.refusals.all);
  const sources = entries[0]?.sources;
  t.equal(Array.isArray(sources) && sources.length, 51, 'fifty by name and the others together');
});

t.test('a source that calls far too often is not admitted until the next second', t => {
  const { admits } = gate();
  t.same(
    [1, 2, 3, 4, 5, 6].map(() => admits('192.0.2.1', 1000)),
    [true, true, true, true, true, false],
  );
  t.equal(admits('192.0.2.1', 2000), true);
  t.end();
});

t.test('an IPv6 source counts by its /64', t => {
  t.equal(sourceGroup('2001:db8:1:2:3:4:5:6'), sourceGroup('2001:db8:1:2::9'));
  t.not(sourceGroup('2001:db8:1:2::9'), sourceGroup('2001:db8:1:3::9'));
  t.equal(sourceGroup('2001:db8::1'), '2001:db8:0:0');
  t.equal(sourceGroup('::1'), '0:0:0:0');
  t.equal(sourceGroup('192.0.2.7'), '192.0.2.7');
  t.equal(sourceGroup('::ffff:192.0.2.7'), '192.0.2.7', 'an IPv4 address in IPv6 dress');
  t.end();
});
