/** Config that changes while a composite is under way: it ends, with all its parts, on the config that it began with. */
import { join } from 'node:path';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';
import { check, holdDepartment, insurance, marriage, recordsOf } from './composing.js';

const request = { residentId: sampleResidents.married.residentId };

t.test('a part that is asked after the change is asked, decided and recorded under the config before it', async t => {
  const folder = await copyConfig(t);
  const departments = join(folder, 'config', 'departments');
  const held = await holdDepartment(t, marriage);
  await editFile(join(departments, 'civil-affairs.yaml'), text => text.replace(/baseUrl: .*/, `baseUrl: ${held.url}`));
  // Insurance is asked about whom the marriage register has found, and so after it.
  await editFile(join(departments, 'government-services.yaml'), text =>
    text.replace(
      `${insurance}\n          request: { fields: { residentId: { request: residentId } } }`,
      `${insurance}\n          request: { fields: { residentId: marriage.residentId } }`,
    ),
  );
  const gateway = await openConfigGateway(t, { folder });
  held.goTo(String(gateway.departments.variables.SANDBOX_CIVIL_AFFAIRS_URL));
  const { registry } = await gateway.config();
  const asking = gateway.exchange(check, request);
  await held.asked;
  await gateway.edit('config/departments/human-resources.yaml', text => text.replace(/^ *employer: .*\n/m, ''));
  const { registry: next } = await gateway.changedFrom(registry);
  t.same(gateway.departments.humanResources.asked(), []);
  held.letGo();

  const answer = await asking;
  t.match(answer.body, { maritalStatus: 'married', insurance: { status: 'paying' } }, answer.text);
  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.equal(parts.size, 4);
  for (const each of [entry, ...parts.values()]) t.equal(each.registry, registry);

  const later = await gateway.exchange(check, request);
  t.match(later.body?.missing, [{ step: 'insurance', code: 'STILE_AGREEMENT_WAITING' }]);
  t.match(await gateway.entry(later.record), { registry: next });
});
