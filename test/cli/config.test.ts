/** `stile config`, as an operator looks at a gateway whose files are not what is in force. */
import { join } from 'node:path';
import t from 'tap';
import { type ConfigShown, linesOf, run } from '../../src/cli/config.js';
import { withoutPlace } from '../../src/configuration/refusal.js';
import { type ConfigGateway, copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';
import { terminalLike } from './audit-terminal.js';

const department = 'config/departments/civil-affairs.yaml';

async function look({ url }: Pick<ConfigGateway, 'url'>, words: string[] = [], language = 'C.UTF-8') {
  const terminal = terminalLike({ STILE_URL: url, LANG: language });
  return { code: await run(words, terminal), out: terminal.out(), err: terminal.err() };
}

t.test('what is in force, what waits, what was refused and what is held back', async t => {
  const folder = await copyConfig(t);
  await editFile(join(folder, 'config/stile.yaml'), text => `${text}\nreload: manual\n`);
  const gateway = await openConfigGateway(t, { folder });
  const { registry } = await gateway.config();
  const calm = await look(gateway);
  t.match(calm, { code: 0, out: `: ${registry}\nPut in force by a start (record ` });
  t.match(calm.out, /\n\nThe files are what is in force\.\n$/);
  t.equal((await look(gateway, ['--language', 'fr'])).code, 2);
  const record = /^This look is record (\d+\/\d+)\n$/.exec(calm.err)?.[1];
  t.match(await gateway.entry(record ?? null), { kind: 'search', staff: { id: 'staff/operator' } });

  await gateway.edit(department, text => text.replace('en: Marriage status', 'en: Marital status'));
  await gateway.reload({ way: 'signal' });
  const { change, registry: next } = await gateway.config();
  t.not(next, registry);
  const changed = await look(gateway);
  t.match(changed.out, `: ${next}\nPut in force by SIGHUP (record ${change?.record})\nBefore it: ${registry}\n`);

  await gateway.edit(department, text => `${text}odd: 1\n`);
  t.equal(await gateway.reload({ way: 'signal' }), 'failed');
  const refused = await look(gateway);
  t.match(refused.out, `: ${next}\n`, 'the one before serves on');
  t.match(
    refused.out,
    /\nThe last change was refused at \d{4}-\d\d-\d\d [\d:]{8} \(SIGHUP\); the config above serves on:\n/,
  );
  t.match(refused.out, /config\/departments\/civil-affairs\.yaml:\d+:\d+ \/odd: /);
  t.match(JSON.parse((await look(gateway, ['--json'])).out), { registry: next, refused: { by: { way: 'signal' } } });
  t.match((await look(gateway, [], 'zh_CN.UTF-8')).out, /被拒绝（SIGHUP），以上配置继续使用：\n/);
});

const plain = { width: undefined, colour: false, language: 'en' } as const;
const shown: ConfigShown = {
  ...{ record: '0/7', registry: 'abc', since: '2026-01-02T03:04:05.000Z', due: true, heldBack: null, refused: null },
  change: { way: 'api', staff: { id: 'staff/operator', role: 'operator' }, registry: 'abc', record: '0/3' },
};

t.test('files that wait for an operator, and files that were rolled back from', async t => {
  const due = linesOf(shown, plain);
  t.equal(due[1], 'Put in force by an operator (staff/operator) (record 0/3)');
  t.match(due.at(-1), /^The files have changed and are not in force: stile plan/);
  const heldBack = { files: 'def', record: '0/3', staff: { id: 'staff/operator', role: 'operator' } };
  t.match(
    linesOf({ ...shown, heldBack }, plain).at(-1),
    /^staff\/operator rolled back from these files \(record 0\/3\): /,
  );
  const refused = { time: shown.since, by: { way: 'signal' } as const, faults: [] };
  const both = linesOf({ ...shown, heldBack, refused }, plain).join('\n');
  t.match(both, /rolled back from these files[\s\S]*The last change was refused/, 'one hides not the other');
  const { change: _change, ...unrecorded } = shown;
  t.match(linesOf(unrecorded, plain)[1], /^No record tells/);
});

t.test('a refusal that is at no place in the files names none', async t => {
  const fault = withoutPlace('at-fault', { zh: '错', en: 'wrong' }, { zh: '改', en: 'mend it' });
  const refused = { time: shown.since, by: { way: 'files' } as const, faults: [fault] };
  const lines = linesOf({ ...shown, refused }, plain)
    .join('\n')
    .split('\n');
  t.ok(lines.includes('wrong; mend it [at-fault]'), lines.join('\n'));
  const narrow = linesOf({ ...shown, refused }, { width: 12, colour: true, language: 'zh' })
    .join('\n')
    .split('\n');
  t.ok(
    narrow.some(line => line.includes('\u001b[31m错')),
    'red',
  );
});
