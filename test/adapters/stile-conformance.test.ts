/** The stile adapter passes the kit that every adapter must, against a whole gateway. */
import t from 'tap';
import { adapter } from '../../adapters/stile.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { cityAtProvince, gatewayClient, marriage, openProvince, pemOf, province } from '../peers.js';
import { adapterConformance } from './conformance.js';

const { married, unmarried } = sampleResidents;

t.test('stile', async t => {
  const peer = { ...cityAtProvince.peer, deployment: 'stile.example' };
  const { url, departments } = await openProvince(t, {}, { ...cityAtProvince, peer });
  const about = (residentId: string, status: string) => ({ request: { residentId }, body: { residentId, status } });
  const privateKey = pemOf(gatewayClient);
  await adapterConformance(t, adapter, {
    system: { port: Number(new URL(url).port), host: '127.0.0.1' },
    settings: port => ({
      baseUrl: `http://127.0.0.1:${port}`,
      deployment: province,
      issuer: 'http://gateway.stile.example',
      clientId: gatewayClient,
      privateKey,
    }),
    ask: { service: marriage },
    examples: [about(married.residentId, 'married'), about(unmarried.residentId, 'unmarried')],
    malformed() {
      departments.civilAffairs.misbehave({ kind: 'wrong-code', times: 1 });
      return {};
    },
    stranger() {
      departments.civilAffairs.misbehave({ kind: 'another-person', times: 1 });
      return { identifier: '11010519491231002X' };
    },
    denied: { privateKey: pemOf('shenzhen/another') },
    hidden: [...privateKey.split('\n').slice(1, -2), married.residentId, married.name, unmarried.residentId],
  });
});
