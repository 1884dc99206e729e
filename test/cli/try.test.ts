/** `stile try`: files that are not in force, tried by an operator against the departments' real systems. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { run } from '../../src/cli/try.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const department = 'config/departments/civil-affairs.yaml';
const { residentId } = sampleResidents.married;
const who = ['--client', 'housing/permits', '--purpose', 'public-rental-housing'];

/** A gateway that takes nothing up by itself, and whoever tries something on it. */
async function open(t: Parameters<typeof openConfigGateway>[0]) {
  const folder = await copyConfig(t);
  await editFile(join(folder, 'config/stile.yaml'), text => `${text}\nreload: manual\n`);
  const gateway = await openConfigGateway(t, { folder });
  const file = join(folder, 'request.json');
  await writeFile(file, JSON.stringify({ residentId }));
  const attempt = async (environment: Readonly<Record<string, string>>, ...words: string[]) => {
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
  return { gateway, folder, attempt };
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
  t.match(await attempt({}, 'civil-affairs/marriage-appointment/v1', ...who), { code: 1, out: /STILE_TRY_EFFECTS/ });
  await gateway.edit(department, text => text.replace('    safe: true\n', '    saef: true\n'));
  t.match(await attempt({}, marriage, ...who), { code: 1, err: /civil-affairs\.yaml:22:5 unknown key saef/ });
});

t.test('only operators may', async t => {
  const { gateway, attempt } = await open(t);
  const auditor = { STILE_TOKEN: await gateway.token('staff/auditor') };
  t.match(await attempt(auditor, marriage, ...who), { code: 1, err: /STILE_ROLE_REQUIRED/ });
  t.same(gateway.departments.civilAffairs.asked(), []);
});
