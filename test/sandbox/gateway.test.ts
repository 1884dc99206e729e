import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../../src/root.js';
import { fundOf } from '../../src/sandbox/fund.js';
import { homesOf } from '../../src/sandbox/homes.js';
import { insuranceOf } from '../../src/sandbox/insurance.js';
import { populate } from '../../src/sandbox/population.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';

const gateway = await openGateway(t);
const population = populate();
const homes = homesOf(population);

t.test('each named resident is told of through the gateway, as the systems have them', async t => {
  for (const [key, { residentId, name }] of Object.entries(sampleResidents)) {
    const resident = population.residents.get(residentId);
    const marriage = await gateway.exchange('civil-affairs/marriage-status/v1', { residentId });
    const spouse = resident?.marriage?.state === 'married' && resident.marriage.spouses.find(one => one !== resident);
    t.equal(marriage.status, 200, `${key} ${marriage.text}`);
    t.strictSame(marriage.body, {
      residentId,
      status: resident?.marriage?.state ?? 'unmarried',
      ...(spouse ? { spouse: { name: [...spouse.name][0] + '*'.repeat([...spouse.name].length - 1) } } : {}),
    });

    const insurance = resident && insuranceOf(resident);
    const contributions = await gateway.exchange('human-resources/insurance-contributions/v1', { residentId });
    t.strictSame(contributions.body, {
      residentId,
      status: insurance?.state ?? 'uninsured',
      months: insurance?.months ?? 0,
      ...(insurance ? { since: insurance.since.slice(0, 4) } : {}),
    });

    const owned = homes.filter(({ owners }) => owners.some(owner => owner.residentId === residentId));
    const property = await gateway.exchange('natural-resources/property-registration/v1', { residentId });
    t.strictSame(property.body, {
      residentId,
      ownsHome: owned.length > 0,
      homes: owned.map(({ floorArea, owners }) => ({
        floorArea: Number(floorArea),
        ownership: owners.length > 1 ? 'joint' : 'sole',
      })),
    });

    const account = resident && fundOf(resident);
    const fund = await gateway.exchange('housing-fund/fund-account/v1', { residentId });
    t.strictSame(fund.body, {
      residentId,
      status: account?.state ?? 'none',
      ...(account ? { paidUntil: account.paidUntil } : {}),
    });
    t.equal(fund.headers.get('stile-as-of'), '2026-10-31T00:00:00+08:00', 'the day in the name of the file');

    const household = await gateway.exchange('public-security/household/v1', { residentId });
    t.equal(household.status, 200, `${key} ${household.text}`);
    t.equal(household.body?.residentId, residentId);
    t.equal(household.body?.householdNumber, resident?.household?.number);
    const members = (household.body?.members ?? []) as readonly { readonly name: string }[];
    const names = members.map(member => member.name);
    t.ok(names.includes(name), `${key} is a member under the own name`);
    t.equal(names.length, resident?.household?.kind === 'family' ? resident.household.members.length : 1);
  }
});

t.test('each department logs the record id that the ledger has', async t => {
  const { residentId } = sampleResidents.married;
  const { civilAffairs, publicSecurity, humanResources } = gateway.departments;
  for (const [service, department] of [
    ['civil-affairs/marriage-status/v1', civilAffairs],
    ['public-security/household/v1', publicSecurity],
    ['human-resources/insurance-contributions/v1', humanResources],
  ] as const) {
    const { record } = await gateway.exchange(service, { residentId });
    t.equal((await gateway.entry(record)).id, department.asked().at(-1), service);
  }
});

t.test('a number that nobody has', async t => {
  const marriage = await gateway.exchange('civil-affairs/marriage-status/v1', { residentId: nobody });
  t.strictSame(marriage.body, { residentId: nobody, status: 'unmarried' }, 'a marriage register knows no more');
  const household = await gateway.exchange('public-security/household/v1', { residentId: nobody });
  t.equal(household.status, 502);
});

t.test('the table in the docs names the residents there are', async t => {
  const table = readFileSync(join(root, 'docs', 'sandbox.md'), 'utf8').matchAll(
    /^\| `(\w+)` +\| (\d{17}[\dX]) +\| (\S+?)[, ]/gm,
  );
  const told = Object.fromEntries([...table].map(([, key, residentId, name]) => [key, { residentId, name }]));
  const held = Object.fromEntries(
    Object.entries(sampleResidents).map(([key, { residentId, name }]) => [key, { residentId, name }]),
  );
  t.strictSame(told, held);
});
