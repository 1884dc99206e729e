/** `stile agreements` as an officer runs it: a process of its own, against a real gateway. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run, usage } from '../../src/cli/agreements.js';
import { root } from '../../src/root.js';
import { agreementsGateway } from '../agreements/agreements-gateway.js';

const yaml = `# agreements of the tests
agreements:
  - id: housing-household
    provider: public-security
    consumer: housing
    service: public-security/household/v1
    purposes: [public-rental-housing]
    clients: [permits]
    from: '2026-01-01'
    until: '2035-12-31'
    fields:
      - path: residentId
      - { path: 'members[].birthDate', mask: { kind: exists } }
    limits: { second: 50 }
`;

/** It is imported all the same. */
const unwise =
  /agreements\.yaml:10:12 \/agreements\/0\/until: warning: the agreement lasts longer than five years;.*\[STILE-S003\]\n$/;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function officer(t: Test) {
  const gateway = await agreementsGateway(t);
  const file = join(t.testdir({ 'agreements.yaml': yaml }), 'agreements.yaml');

  /** In this process, as starting one takes longer than all a command does. */
  async function stile(words: string[], environment: Record<string, string> = {}): Promise<Ended> {
    const env = { LC_ALL: 'C', STILE_TOKEN: '', STILE_URL: gateway.url, ...environment };
    t.intercept(process, 'env', { value: { ...process.env, ...env } });
    const out = t.capture(console, 'log');
    const err = t.capture(console, 'error');
    const code = await run(words);
    const text = (said: typeof out) =>
      said()
        .map(({ args }) => `${args[0]}\n`)
        .join('');
    const ended = { code, stdout: text(out), stderr: text(err) };
    out.restore();
    err.restore();
    return ended;
  }
  return { ...gateway, file, stile, write: (text: string) => writeFile(file, text) };
}

t.test('in a process of its own', async t => {
  const { url, file } = await officer(t);
  const env = { ...process.env, LC_ALL: 'C', STILE_TOKEN: '', STILE_URL: url };
  const ended = await new Promise(resolve => {
    const words = [join(root, 'bin/stile.js'), 'agreements', 'import', file];
    execFile(process.execPath, words, { env }, (error, stdout, stderr) => resolve({ error, stdout, stderr }));
  });
  t.match(ended, {
    error: null,
    stdout: /^housing-household {2}made, version 1, active \(0\/\d+\)\n$/,
    stderr: unwise,
  });
});

t.test('from import to end', async t => {
  const { stile, file } = await officer(t);
  t.match(await stile(['import', file]), {
    code: 0,
    stdout: /^housing-household {2}made, version 1, active \(0\/\d+\)\n$/,
    stderr: unwise,
  });
  t.match(await stile(['import', file]), {
    stdout: /^housing-household {2}unchanged, version 1, active\n$/,
  });
  const list = await stile(['list']);
  t.equal(list.code, 0);
  t.match(list.stdout.split('\n'), [
    /^ID +STATE +CONSUMER +SERVICE +PURPOSES +UNTIL +FIELDS +VERSION$/,
    /^housing-household +active +housing +public-security\/household\/v1 +public-rental-housing +2035-12-31 +2 +1$/,
    /^$/,
  ]);
  t.match(await stile(['suspend', 'housing-household', '--why', 'a complaint of 2026-07-24']), {
    code: 0,
    stdout: /^housing-household is suspended: .*Record 0\/\d+\.\n$/,
  });
  const shown = await stile(['show', 'housing-household']);
  t.match(shown.stdout, /^STATE: suspended$/m);
  t.match(shown.stdout, /^CONSUMER: housing \(permits\)$/m);
  t.match(shown.stdout, /^ {2}members\[\]\.birthDate {2}exists$/m);
  t.match(shown.stdout, /^LIMITS: 50\/second$/m);
  t.match(shown.stdout, /^ {2}2 {2}\S+ {2}suspend → suspended {2}staff\/officer {2}a complaint of 2026-07-24$/m);
  t.match(shown.stdout, /^ {2}1 {2}\S+ {2}import → active {2}staff\/officer$/m);
  t.match(await stile(['resume', 'housing-household', '--why', 'settled']), { code: 0 });
  t.match(await stile(['end', 'housing-household', '--why', 'over']), { code: 0, stdout: /has ended/ });
});

t.test('in Chinese, and for machines', async t => {
  const { stile, file } = await officer(t);
  t.match(await stile(['import', file], { LC_ALL: 'zh_CN.UTF-8' }), { stdout: /已新建，版本 1，有效/ });
  t.match(await stile(['list', '--language', 'zh']), { stdout: /^编号 +状态/ });
  const json = await stile(['show', 'housing-household', '--json']);
  t.match(JSON.parse(json.stdout), {
    agreement: { id: 'housing-household', state: 'active' },
    history: [{ action: 'import' }],
  });
});

t.test('a fault is shown at its place in the file, whether it is found here or by the gateway', async t => {
  const { stile, file, write } = await officer(t);
  await write(yaml.replace('  - id: housing-household', '  - ident: housing-household'));
  t.match(await stile(['import', file]), {
    code: 1,
    stdout: '',
    stderr: /agreements\.yaml:3:5 \/agreements\/0/m,
  });
  await write(yaml.replace('path: residentId', 'path: salary'));
  const found = await stile(['import', file]);
  t.equal(found.code, 1);
  t.match(found.stderr, /\(STILE_AGREEMENT_INVALID\)/);
  t.match(found.stderr, /agreements\.yaml:12:15 \/fields\/0\/path: .*salary/m);
  t.match(await stile(['import', 'nowhere.yaml']), { code: 1, stderr: /nowhere\.yaml/ });
  t.match((await stile(['list'])).stdout, /There is no agreement yet/);
});

t.test('what the gateway refuses is said in its words, and the exit code is 1', async t => {
  const { stile, token } = await officer(t);
  t.match(await stile(['show', 'nobody']), { code: 1, stdout: '', stderr: /STILE_AGREEMENT_UNKNOWN/ });
  t.match(await stile(['suspend', '../../oauth2', '--why', 'x']), { code: 1, stderr: /STILE_/ });
  const auditor = { STILE_TOKEN: await token('staff/auditor') };
  t.match(await stile(['end', 'nobody', '--why', 'x'], auditor), {
    code: 1,
    stderr: /STILE_ROLE_REQUIRED/,
  });
});

t.test('wrong arguments', async t => {
  const said = t.capture(console, 'error');
  const wrong = [
    '',
    'import',
    'list x',
    'suspend x',
    'suspend x y --why z',
    'show x --why y',
    'delete x',
    'list --all',
  ];
  for (const words of wrong) t.equal(await run(words.split(' ').filter(word => word !== '')), 2, words);
  t.ok(said().every(({ args }) => args[0] === usage));
});
