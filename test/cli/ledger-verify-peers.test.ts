/** Two receipts of one exchange, held against each other as an auditor of either side would. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import type { TestGateway } from '../gateway.js';
import { rollKey } from '../ledger/roll-key.js';
import { city, cityMarriage, gatewayClient, marriage, openCity, openProvince, province } from '../peers.js';
import { startRelay } from '../relay.js';
import { lines } from './audit-terminal.js';
import { strangerOf, verify, zh } from './ledger-verify.js';

const { married } = sampleResidents;

t.test('the receipts of both gateways', async t => {
  const above = await openProvince(t);
  const relay = await startRelay(t, above.url);
  const below = await openCity(t, relay.url);
  const folder = below.dataFolder;
  const at = (name: string) => join(folder, `${name}.json`);
  const keys = ['--key', rollKey(below, city), '--key', rollKey(above, province)];

  async function keep(name: string, gateway: TestGateway, client: string, record: string): Promise<void> {
    const headers = { authorization: `Bearer ${await gateway.token(client)}`, prefer: 'wait=30' };
    const answer = await gateway.call(`/ledger/receipts/${record}`, { headers });
    if (answer.status !== 200) throw new Error(answer.text);
    writeFileSync(at(name), answer.text);
  }

  /** Asks once, and keeps what either side gives for it. */
  async function ask(name: string): Promise<{ ours: string; theirs: string; intent: string }> {
    let theirs = '';
    const { alter } = relay;
    relay.alter = (answer, asked) => {
      theirs = answer.headers['stile-record'] ?? '';
      alter(answer, asked);
    };
    const answer = await below.exchange(cityMarriage, { residentId: married.residentId });
    relay.alter = alter;
    t.equal(answer.status, 200, answer.text);
    const ours = answer.record ?? '';
    const { peers } = (await below.entry(ours)) as { peers: { answering: { intent: string } } };
    await keep(`${name}-city`, below, 'housing/permits', ours);
    await keep(`${name}-province`, above, gatewayClient, theirs);
    return { ours, theirs, intent: peers.answering.intent };
  }

  const first = await ask('first');
  const second = await ask('second');

  await t.test('of one exchange prove each other, in either order', async t => {
    const found = await verify([at('first-city'), '--peer', at('first-province'), ...keys]);
    t.equal(found.code, 0, found.out);
    const [whole, asked, answered, intent] = lines(found.out);
    t.equal(whole, 'The two records prove each other:');
    t.match(asked, `asked    ${city}/ledger  ${first.ours}  `);
    t.match(asked, `  housing/permits  ${cityMarriage}  released`);
    t.match(answered, `answered ${province}/ledger  ${first.theirs}  `);
    t.match(answered, `  shenzhen.housing/permits  ${marriage}  released`);
    t.equal(intent, `the intent that both name ${first.intent}`);
    const turned = await verify([at('first-province'), '--peer', at('first-city'), '--json', ...keys]);
    t.match(JSON.parse(turned.out), {
      holds: true,
      asking: { origin: `${city}/ledger`, position: first.ours },
      answering: { origin: `${province}/ledger`, position: first.theirs },
      intent: first.intent,
    });
    t.match(await verify([at('first-city'), '--peer', at('first-province'), ...keys], zh), {
      code: 0,
      out: /互为证明/,
    });
  });

  await t.test('of two exchanges do not', async t => {
    const crossed = await verify([at('first-city'), '--peer', at('second-province'), ...keys]);
    t.match(crossed, { code: 2, out: 'Neither record names the other.\n' });
    t.not(second.theirs, first.theirs);
    const same = await verify([at('first-city'), '--peer', at('first-city'), '--json', ...keys]);
    t.match([same.code, JSON.parse(same.out)], [2, { holds: false, fault: 'strangers' }]);
  });

  await t.test('are each verified first, by name', async t => {
    const unknown = ['--key', rollKey(below, city), '--key', strangerOf(province)];
    const found = await verify([at('first-city'), '--peer', at('first-province'), ...unknown]);
    t.equal(found.code, 2);
    t.match(found.out, /first-province\.json: The shard's checkpoint has no good signature of a known key\.\n$/);
    writeFileSync(at('none'), '{}');
    t.match((await verify([at('none'), '--peer', at('first-city'), ...keys])).out, /none\.json: It is no receipt\.\n$/);
  });

  await t.test('show that a position was changed on the way back', async t => {
    relay.alter = answer => {
      answer.headers['stile-record'] = first.theirs;
    };
    await ask('forged');
    const found = await verify([at('forged-city'), '--peer', at('forged-province'), ...keys]);
    t.equal(found.code, 2);
    t.equal(found.out, 'The record of the side that answered names the other, which does not name it.\n');
    const claimed = await verify([at('forged-city'), '--peer', at('first-province'), '--json', ...keys]);
    t.match(JSON.parse(claimed.out), { holds: false, fault: 'asking-alone' });
  });

  await t.test('words that make no sense', async t => {
    for (const [words, said] of [
      [['--store', '--peer', at('first-city')], /--peer is for a receipt alone/],
      [['https://gateway.example', '--peer', at('first-city')], /--peer is for a receipt alone/],
      [[folder, '--peer', at('first-city')], /--peer is for a receipt alone/],
      [[at('first-city'), '--peer', at('nowhere')], /no file or folder/],
    ] as const) {
      const error = await verify([...words, ...keys]).catch((thrown: unknown) => thrown);
      t.match((error as { text?: { en: string } }).text?.en, said, words.join(' '));
    }
  });
});
