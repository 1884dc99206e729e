import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';

t.test('a monitoring system reads what the ledger took', async t => {
  const gateway = await openGateway(t);
  const entries = async () => {
    const { status, headers, text } = await gateway.call('/metrics');
    t.equal(status, 200);
    t.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    t.match(text, /^stile_ledger_writable 1$/m);
    return Number(/^stile_ledger_entries_total (\d+)$/m.exec(text)?.[1]);
  };
  await gateway.token('housing/permits');
  const before = await entries();
  const answer = await gateway.exchange('civil-affairs/marriage-status/v1', {
    residentId: sampleResidents.married.residentId,
  });
  t.equal(answer.status, 200);
  t.equal(await entries(), before + 1);
});
