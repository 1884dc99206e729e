/** The story's end: security staff find every attempt in the ledger, through a whole gateway and the command itself. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { root } from '../../src/root.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway, withoutCounting } from '../gateway.js';

const { married, spouse, unmarried } = sampleResidents;
const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';

interface Found {
  readonly position: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** What `stile audit …` prints, as run by whoever looks. */
async function stile(gateway: TestGateway, words: readonly string[], typed = '') {
  const child = spawn(process.execPath, [join(root, 'build', 'src', 'cli.js'), 'audit', ...words], {
    env: { ...process.env, STILE_URL: gateway.url, STILE_TOKEN: '', LANG: 'C' },
  });
  child.stdin.end(typed);
  const closed = new Promise<number | null>(resolve => child.once('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const found = out.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as Found] : []));
  return { code: await closed, out, errors, positions: found.map(each => each.position), found };
}

t.test('every attempt is found by what is known of it, and each look is found as well', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const about = { residentId: married.residentId };
  const asked = await gateway.exchange(marriage, about, { 'stile-case': 'H-2026-0012', 'stile-operator': 'W0231' });
  const lived = await gateway.exchange(household, about);
  const other = await gateway.exchange(marriage, { residentId: unmarried.residentId });
  const purpose = await gateway.exchange(marriage, about, { 'stile-purpose': 'marriage-registration' });
  const invalid = await gateway.exchange(marriage, { residentId: '440300199003070013' });
  const stranger = await gateway.exchange(marriage, about, { authorization: 'Bearer none' });
  t.same(
    [asked, lived, other].map(answer => answer.status),
    [200, 200, 200],
  );

  const search = async (...words: string[]) =>
    (await stile(gateway, ['search', '--kind', 'exchange', '--json', ...words])).positions;
  t.same(await search('--case', 'H-2026-0012'), [asked.record]);
  t.same(await search('--operator', 'W0231', '--outcome', 'released'), [asked.record]);
  t.same(await search('--service', household), [lived.record]);
  t.same(await search('--outcome', 'refused'), [stranger.record, invalid.record, purpose.record]);
  t.same(await search('--code', 'agreement-purpose'), [purpose.record]);
  t.same(
    await search(
      '--consumer',
      'housing',
      '--provider',
      'civil-affairs',
      '--since',
      '10m',
      '--until',
      '23:59:59',
      '-n',
      '9',
    ),
    [invalid.record, purpose.record, other.record, asked.record],
  );

  const ofPerson = (person: string) => stile(gateway, ['search', '--subject', '-', '--json'], `${person}\n`);
  const first = await ofPerson(married.residentId);
  const exchanges = first.found.filter(each => each.entry.kind === 'exchange').map(each => each.position);
  t.same(exchanges, [purpose.record, lived.record, asked.record]);
  const second = await ofPerson(married.residentId);
  t.match(second.found[0]?.entry, { kind: 'search', filter: { subject: { kind: 'resident' } } }, 'the look before');
  const related = await ofPerson(spouse.residentId);
  t.ok(related.positions.includes(String(lived.record)), 'whoever the reply named is found too');
  for (const shown of [first, second, related]) {
    for (const person of [married, spouse]) t.notMatch(shown.out + shown.errors, person.residentId);
  }

  const looks = await stile(gateway, ['search', '--kind', 'search', '--actor', 'staff/security', '--json']);
  t.equal(looks.positions.length, 9, 'six searches and three for persons, and this one comes after its results');
});

t.test('a flood of refused looks keeps the name of who made it', async t => {
  const gateway = await openGateway(t);
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/officer')}`,
    'content-type': 'application/json',
  };
  const rate = gateway.registry.settings.exchange.refusals.client;
  const answers = await Promise.all(
    [...Array(rate * 3)].map(() => gateway.call('/audit/search', { method: 'POST', headers, body: {} })),
  );
  t.ok(answers.every(answer => answer.status === 403));
  const recorded = answers.filter(answer => answer.record !== null).length;
  t.ok(recorded < answers.length, 'not each has a record of its own');
  let counted = 0;
  while (counted + recorded < answers.length) {
    const { found } = await stile(gateway, ['search', '--kind', 'refusals', '--actor', 'staff/officer', '--json']);
    counted = found.reduce((sum, each) => sum + Number(each.entry.count), 0);
    t.ok(found.every(each => each.entry.code === 'STILE_ROLE_REQUIRED'));
  }
  t.equal(counted + recorded, answers.length);
});
