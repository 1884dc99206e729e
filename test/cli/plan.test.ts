/** `stile plan`, `apply` and `rollback`, as an operator uses them on a gateway that runs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { run as apply } from '../../src/cli/apply.js';
import { run as plan } from '../../src/cli/plan.js';
import { run as rollback } from '../../src/cli/rollback.js';
import { unpackContents } from '../../src/configuration/archive.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type ConfigGateway, copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const check = 'government-services/rental-housing-check/v1';
const department = 'config/departments/civil-affairs.yaml';
const { residentId } = sampleResidents.married;
const retitle = (text: string) => text.replace('en: Marriage status', 'en: Marital status');
const unmap = (text: string) => text.replace('certificateNumber: { from: data.zsbh, optional: true }\n', '\n');

type Command = typeof plan;

function commandsOn(gateway: Pick<ConfigGateway, 'url'>) {
  return async (command: Command, ...words: string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const io = {
      stdin: new PassThrough(),
      stdout,
      stderr,
      environment: { STILE_URL: gateway.url },
      ended: new AbortController().signal,
    };
    const code = await command(words, io);
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  };
}

/** A gateway that takes changes from an operator only. */
async function openManual(t: Parameters<typeof openConfigGateway>[0]) {
  const folder = await copyConfig(t);
  await editFile(join(folder, 'config/stile.yaml'), text => `${text}\nreload: manual\n`);
  const gateway = await openConfigGateway(t, { folder });
  return { gateway, folder, call: commandsOn(gateway) };
}

t.test('what was planned is applied, by whom is on record, and it is gone back from', async t => {
  const { gateway, folder, call } = await openManual(t);
  const { registry } = await gateway.config();
  t.match(await call(plan, folder), { code: 0, out: 'Nothing changes.\n' });
  await gateway.edit(department, retitle);
  const file = join(folder, 'plan.json');
  const planned = await call(plan, folder, '--out', file);
  t.equal(planned.code, 2);
  t.equal(planned.out, `~ service ${marriage}: title\n\n1 changed\n`);
  t.equal((await gateway.config()).registry, registry, 'manual: nothing is taken up by itself');

  const applied = await call(apply, file);
  t.equal(applied.code, 0, applied.err);
  const { change, registry: next } = await gateway.config();
  t.match(JSON.parse(await readFile(file, 'utf8')), { v: 1, running: registry, next });
  t.match(await gateway.entry(change?.record ?? null), {
    kind: 'config',
    action: 'applied',
    way: 'api',
    staff: { id: 'staff/operator', role: 'operator' },
    former: registry,
    registry: next,
    changes: { service: { changes: 1 } },
  });

  const back = await call(rollback);
  t.equal(back.code, 0, back.err);
  t.match(back.out, /^The config from before is in force again \(record \d+\/\d+\)\n/);
  t.match(back.out, 'The files are as they were');
  const held = await call(plan, folder);
  t.match(held, {
    code: 2,
    out: /\nstaff\/operator rolled back from these files \(record \d+\/\d+\): nothing takes them up/,
  });
  t.match(JSON.parse((await call(plan, folder, '--json')).out), { heldBack: { files: next } });
  const after = await gateway.config();
  t.match(after, { registry, due: true });
  t.match(await gateway.entry(after.change?.record ?? null), { action: 'rolled-back', former: next, registry });
  t.match(await readFile(join(folder, department), 'utf8'), 'Marital status', 'no edit of an operator is lost');
  t.equal((await gateway.exchange(marriage, { residentId })).status, 200);
});

t.test('a plan is refused when the files or the config in force have moved since', async t => {
  const { gateway, folder, call } = await openManual(t);
  await gateway.edit(department, retitle);
  const file = join(folder, 'plan.json');
  await call(plan, folder, '--out', file);
  await gateway.edit(department, text => text.replace('Marital status', 'Married or not'));
  t.match(await call(apply, file), { code: 1, err: /STILE_CONFIG_MOVED/ });
  const other = join(folder, 'other.json');
  await call(plan, folder, '--out', other);
  t.equal((await call(apply, other)).code, 0);
  t.match(await call(apply, other), { code: 1, err: /STILE_CONFIG_MOVED/ });
  await writeFile(file, '{"v":1}');
  t.match(await call(apply, file), { code: 1, err: /is no plan/ });
});

t.test('who loses what is told, and what breaks is refused with its place', async t => {
  const { gateway, folder, call } = await openManual(t);
  await gateway.edit(department, unmap);
  const planned = await call(plan, folder);
  t.equal(planned.code, 2);
  t.equal(
    planned.out,
    [
      `~ service ${marriage}: mapping`,
      `~ service ${check}: part ${marriage}`,
      "- agreement housing-marriage-status: waits for its provider's consent",
      `- agreement housing-rental-housing-check: part ${marriage}`,
      `- consumer housing: ${marriage}, ${check}`,
      '',
      '3 lost, 2 changed',
      '',
    ].join('\n'),
  );
  const chinese = await call(plan, folder, '--language', 'zh');
  t.match(chinese.out, '- 共享协议 housing-marriage-status：等待提供部门确认');

  const file = 'schemas/civil-affairs/marriage-status/v1/reply.json';
  await gateway.edit(file, text => text.replace('"divorced", "widowed"]', '"divorced", "widowed", "separated"]'));
  await gateway.edit('config/stile.yaml', text => `${text}ledger: { queue: 9 }\n`);
  const refused = await call(plan, folder, '--out', join(folder, 'none.json'));
  t.equal(refused.code, 1);
  t.match(refused.out, '! agreement housing-marriage-status: contract reply-values status');
  t.match(refused.out, '~ setting /ledger/queue: takes a restart');
  t.match(refused.err, new RegExp(`${file}:28:15 /properties/status/enum: .*\\[reply-values\\]`));
  t.match(refused.err, /config\/stile\.yaml:\d+:\d+ \/ledger\/queue: .*\[needs-restart\]/);
  await t.rejects(readFile(join(folder, 'none.json')), { code: 'ENOENT' }, 'what would be refused is no plan');
});

t.test('no secret is in what an operator is given', async t => {
  const { gateway } = await openManual(t);
  const headers = { authorization: `Bearer ${await gateway.token('staff/operator')}` };
  const answer = await fetch(`${gateway.url}/operate/config/files`, { headers });
  t.equal(answer.status, 200);
  const contents = await unpackContents(Buffer.from(await answer.arrayBuffer()));
  const all = [...contents.values()].map(String).join('\n');
  for (const [name, value] of Object.entries(gateway.departments.variables)) {
    if (/KEY|SECRET|PASSWORD/.test(name)) t.notOk(all.includes(value), name);
  }
  t.ok(contents.has('config/stile.yaml'));
  for (const staff of ['staff/auditor', 'housing/permits']) {
    const other = { authorization: `Bearer ${await gateway.token(staff)}` };
    t.match(await gateway.call('/operate/config/files', { headers: other }), { status: 403 });
    t.match(
      await gateway.call('/operate/config/rollback', {
        method: 'POST',
        headers: { ...other, 'content-type': 'application/json' },
        body: { running: '0'.repeat(64) },
      }),
      { status: 403, record: /^\d+\/\d+$/ },
    );
  }
});
