import Fastify from 'fastify';
import t from 'tap';
import type { Gateway } from '../../src/exchange/gateway.js';
import type { Draft } from '../../src/ledger/ledger.js';
import { tryRoutes } from '../../src/routes/try.js';

t.test('outside the sandbox nothing is even read without the operator’s word, and that is on record', async t => {
  const drafts: Draft[] = [];
  let loads = 0;
  const app = Fastify();
  await app.register(tryRoutes, {
    identify: () => ({ kind: 'staff', id: 'staff/operator', role: 'operator', department: undefined, token: 'j' }),
    async record(draft) {
      drafts.push(draft);
      return { shard: 0, index: drafts.length };
    },
    gateway: { inForce: { registry: () => ({ sandbox: false }) } } as Gateway,
    async load() {
      loads++;
      return {
        faults: [],
        documents: [],
        files: { config: [], schemas: [], digest: '', contents: async () => new Map(), faults: [] },
      };
    },
  });
  const body = { service: 'a/b/v1', client: 'c/d', purpose: 'e', request: {} };
  const asked = (given: object) => app.inject({ method: 'POST', url: '/operate/config/try', payload: given });
  const unconfirmed = await asked(body);
  t.match(unconfirmed.json(), { code: 'STILE_TRY_CONFIRM', record: '0/1' });
  t.equal(loads, 0);
  t.match(drafts, [{ entry: { kind: 'config', action: 'tried', code: 'STILE_TRY_CONFIRM', outcome: 'refused' } }]);
  const confirmed = await asked({ ...body, confirm: true });
  t.match(confirmed.json(), { code: 'STILE_CONFIG_REFUSED' });
  t.equal(loads, 1);
});
