/** `stile try`: files that are not in force, tried by an operator against the departments' real systems. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { run } from '../../src/cli/try.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const check = 'government-services/rental-housing-check/v1';
const department = 'config/departments/civil-affairs.yaml';
const { residentId } = sampleResidents.married;
const who = ['--client', 'housing/permits', '--purpose', 'public-rental-housing'];

interface Attempt {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A gateway that takes nothing up by itself, and whoever tries something on it. */
async function open(t: Parameters<typeof openConfigGateway>[0]) {
  const folder = await copyConfig(t);
  await editFile(join(folder, 'config/stile.yaml'), text => `${text}\nreload: manual\n`);
  const gateway = await openConfigGateway(t, { folder });
  const file = join(folder, 'request.json');
  const ask = (request: object) => writeFile(file, JSON.stringify(request));
  await ask({ residentId });
  const attempt = async (environment: Readonly<Record<string, string>>, ...words: string[]): Promise<Attempt> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const ended = new AbortController().signal;
    const io = {
      stdin: new PassThrough(),
      stdout,
      stderr,
      environment: { STILE_URL: gateway.url, ...environment },
      ended,
    };
    const code = await run([...words, '--with', file], io);
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  };
  return { gateway, folder, ask, attempt };
}

t.test('a changed mapping is tried before it is in force, and what came is beside what would be released', async t => {
  const { gateway, attempt } = await open(t);
  const { registry } = await gateway.config();
  await gateway.edit(department, text =>
    text.replace('certificateNumber: { from: data.zsbh, optional: true }\n', '\n'),
  );
  const tried = await attempt({}, marriage, ...who);
  t.equal(tried.code, 0, tried.err + tried.out);
  for (const stage of ['match', 'check-request', 'decide', 'ask', 'check-reply', 'minimise']) {
    t.match(tried.out, new RegExp(`^✓ ${stage} +[\\d.]+ ms$`, 'm'));
  }
  t.match(tried.out, /^ANSWERED +RELEASED$/m);
  t.match(tried.out, /"status": "married",? +"status": "married"/);
  const [, record = ''] = /^record (\d+\/\d+)$/m.exec(tried.out) ?? [];
  const entry = await gateway.entry(record);
  t.match(entry, {
    kind: 'config',
    action: 'tried',
    staff: { id: 'staff/operator', role: 'operator' },
    service: marriage,
    client: 'housing/permits',
    purpose: 'public-rental-housing',
    asked: true,
    outcome: 'released',
    subjects: { count: 2 },
  });
  t.not(entry.registry, registry);
  t.notOk(JSON.stringify(entry).includes(residentId));
  t.equal((await gateway.config()).registry, registry, 'nothing is in force by that');
  t.equal((await gateway.exchange(marriage, { residentId })).status, 200);
});

t.test('a step that stops it says why', async t => {
  const { gateway, attempt } = await open(t);
  const noAgreement = await attempt({}, marriage, '--client', 'housing/permits', '--purpose', 'marriage-registration');
  t.equal(noAgreement.code, 1);
  t.match(noAgreement.out, /✗ decide/);
  t.match(noAgreement.out, 'STILE_AGREEMENT_PURPOSE');
  t.same(gateway.departments.civilAffairs.asked(), [], 'no department is asked without an agreement');
  await gateway.edit(department, text => text.replace('    safe: true\n', '    saef: true\n'));
  t.match(await attempt({}, marriage, ...who), { code: 1, err: /civil-affairs\.yaml:22:5 unknown key saef/ });
});

t.test('only operators may', async t => {
  const { gateway, attempt } = await open(t);
  const auditor = { STILE_TOKEN: await gateway.token('staff/auditor') };
  t.match(await attempt(auditor, marriage, ...who), { code: 1, err: /STILE_ROLE_REQUIRED/ });
  t.same(gateway.departments.civilAffairs.asked(), []);
});

/** The positions that a try tells of, by what it calls them. */
const toldIn = (out: string, name: string): string[] =>
  [...out.matchAll(new RegExp(`^${name} (\\S+)$`, 'gm'))].map(([, value = '']) => value);

t.test('of a service made of others each part is shown, decided and recorded by itself', async t => {
  const { gateway, attempt } = await open(t);
  gateway.departments.humanResources.misbehave({ kind: 'status', status: 500, times: 9 });
  const tried = await attempt({}, check, ...who);
  gateway.departments.humanResources.misbehave(null);
  t.equal(tried.code, 0, tried.err + tried.out);
  for (const part of [
    'marriage  civil-affairs/marriage-status/v1',
    'household  public-security/household/v1',
    'insurance  human-resources/insurance-contributions/v1',
    'property  natural-resources/property-registration/v1',
  ]) {
    t.ok(tried.out.split('\n').includes(part), part);
  }
  t.match(tried.out, /^✗ ask .*\n.*\(STILE_DEPARTMENT_FAILING\)$/m, 'a part that fails says why');
  t.equal([...tried.out.matchAll(/^ANSWERED +RELEASED$/gm)].length, 4, 'three parts and the whole');
  t.match(tried.out, /certificateNumber/, 'what a part answered, before it was cut');
  t.notMatch(tried.out.slice(tried.out.lastIndexOf('ANSWERED')), /certificateNumber/);
  const records = toldIn(tried.out, 'record');
  t.equal(records.length, 5);
  const whole = await gateway.entry(records.at(-1) ?? '');
  const [intent = ''] = toldIn(tried.out, 'intent');
  t.match(whole, {
    kind: 'config',
    action: 'tried',
    service: check,
    outcome: 'released',
    staff: { id: 'staff/operator' },
  });
  t.same(new Set(whole.parts as string[]), new Set(records.slice(0, -1)));
  t.match(await gateway.entry(intent), { kind: 'intent', id: whole.id, staff: { id: 'staff/operator' } });
  const parts = await Promise.all(records.slice(0, -1).map(record => gateway.entry(record)));
  for (const part of parts) {
    t.match(part, { kind: 'config', action: 'tried', parent: intent, client: 'housing/permits', asked: true });
    t.equal(part.outcome, part.service === 'human-resources/insurance-contributions/v1' ? 'failed' : 'released');
  }
  const married = parts.find(({ service }) => service === marriage);
  t.equal(gateway.departments.civilAffairs.asked().at(-1), married?.id, 'the department knows it by its record’s id');
});

t.test('what has effects is done on the operator’s word alone, under an intent, and once', async t => {
  const { gateway, ask, attempt } = await open(t);
  const { civilAffairs } = gateway.departments;
  const { unmarried, partner } = sampleResidents;
  const booking = { residentId: unmarried.residentId, partnerResidentId: partner.residentId };
  await ask({ ...booking, date: '2030-05-20', office: '440304-01' });
  const words = [appointment, '--client', 'housing/permits', '--purpose', 'marriage-registration'];
  const unsaid = await attempt({}, ...words);
  t.match(unsaid, { code: 1, out: /STILE_TRY_EFFECTS/ });
  t.match(await attempt({}, ...words, '--confirm'), { code: 1, out: /STILE_TRY_EFFECTS/ }, 'to see is not to do');
  t.equal((await attempt({}, ...words, '--key', 'k-1')).code, 2, 'a key is for what has effects');
  t.same(civilAffairs.asked(), []);
  t.match(await gateway.entry(toldIn(unsaid.out, 'record')[0] ?? ''), { outcome: 'refused', asked: false });

  const tried = await attempt({}, ...words, '--effects', '--key', 'k-1');
  t.equal(tried.code, 0, tried.err + tried.out);
  t.equal(civilAffairs.appointments().length, 1, 'it is real');
  t.match(tried.out, /^✓ repeat .*\n✓ intend .*\n✓ ask /m);
  t.same(toldIn(tried.out, 'Idempotency-Key'), ['k-1']);
  const [record = ''] = toldIn(tried.out, 'record');
  const [intent = ''] = toldIn(tried.out, 'intent');
  const entry = await gateway.entry(record);
  t.match(entry, { kind: 'config', action: 'tried', service: appointment, outcome: 'released', asked: true });
  t.equal(entry.intent, entry.id);
  const staff = { id: 'staff/operator', role: 'operator' };
  t.match(await gateway.entry(intent), { kind: 'intent', id: entry.id, service: appointment, staff });
  t.equal(civilAffairs.asked().at(-1), entry.id);

  const again = await attempt({}, ...words, '--effects', '--key', 'k-1');
  t.equal(again.code, 0, again.err);
  t.same(toldIn(again.out, 'repeats'), [record]);
  t.match(again.out, /"appointmentNumber"/, 'the same answer');
  const client = await gateway.exchange(
    appointment,
    { ...booking, date: '2030-05-20', office: '440304-01' },
    { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'k-1' },
  );
  t.match(await gateway.entry(client.record), { repeats: record, asked: false });
  t.equal(civilAffairs.appointments().length, 1, 'and done once, whoever comes with the key');

  await ask({ ...booking, date: '2030-05-21', office: '440304-01' });
  t.match(await attempt({}, ...words, '--effects', '--key', 'k-1'), { code: 1, out: /STILE_REPEAT_MISMATCH/ });
  const fresh = await attempt({}, ...words, '--effects');
  t.match(toldIn(fresh.out, 'Idempotency-Key'), [/^[0-9a-f-]{36}$/], 'a key of its own unless one is named');
  t.equal(civilAffairs.appointments().length, 2);
});

t.test('a try whose answer nobody knows says so, and its key is not free', async t => {
  const { gateway, ask, attempt } = await open(t);
  const { civilAffairs } = gateway.departments;
  const { unmarried, partner } = sampleResidents;
  const booking = { residentId: unmarried.residentId, partnerResidentId: partner.residentId };
  await ask({ ...booking, date: '2030-05-22', office: '440304-01' });
  const words = [appointment, '--client', 'housing/permits', '--purpose', 'marriage-registration', '--effects'];
  civilAffairs.misbehave({ kind: 'invalid-syntax', times: 1 });
  const tried = await attempt({}, ...words, '--key', 'k-2');
  t.match(tried, { code: 1, out: /STILE_DEPARTMENT_MALFORMED/ });
  const entry = await gateway.entry(toldIn(tried.out, 'record')[0] ?? '');
  t.match(entry, { action: 'tried', outcome: 'unknown', asked: true, intent: entry.id });
  t.match(await attempt({}, ...words, '--key', 'k-2'), { code: 1, out: /STILE_REPEAT_UNANSWERED/ });
  t.equal(civilAffairs.asked().length, 1);
});
