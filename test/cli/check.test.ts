/** `stile check` as an operator and as a script run it: a process of its own, over sound and broken folders. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { faultText } from '../../src/cli/fault-text.js';
import type { Fault } from '../../src/registry/fault.js';
import { root } from '../../src/root.js';
import { deployment, environment } from '../registry/deployment.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const check = (folder: string, words: string[], values: Record<string, string> = {}): Promise<Ended> =>
  new Promise(resolve => {
    const env = { PATH: process.env.PATH, LC_ALL: 'C', ...values };
    const line = [join(root, 'bin', 'stile.js'), 'check', ...words];
    execFile(process.execPath, line, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

t.test('a sound folder passes, wherever it is named from', async t => {
  const folder = deployment(t);
  for (const [cwd, words, values] of [
    [folder, [], {}],
    [root, [folder], {}],
    [root, [join(folder, 'config')], {}],
    [root, [], { STILE_CONFIG: join(folder, 'config'), STILE_SCHEMAS: join(folder, 'schemas') }],
  ] as const) {
    const { code, stdout, stderr } = await check(cwd, [...words], values);
    t.equal(code, 0);
    t.equal(stderr, '');
    t.match(
      stdout,
      /^2 warnings, 2 notes in 2 files\n\nNo fault in .*config and .*schemas\n2 departments, 2 clients, 1 service, 1 purpose\nregistry [0-9a-f]{64}\n$/m,
    );
  }
});

t.test('a broken one does not, and each fault is one line', async t => {
  const folder = deployment(t, 'unknown-adapter');
  const { code, stdout, stderr } = await check(folder, []);
  t.equal(code, 1);
  t.equal(stderr, '');
  t.equal(
    stdout,
    'config/departments/civil-affairs.yaml:20:14 /services/marriage-status~1v1/adapter: ' +
      'the department has no adapter registratoin; did you mean registration? [unknown-adapter]\n\n1 fault in 1 file\n',
  );
});

t.test('it speaks the reader’s language', async t => {
  const folder = deployment(t, 'unknown-adapter');
  const chinese =
    /adapter：本部门没有适配器 registratoin；是不是 registration？ \[unknown-adapter\]\n\n1 个文件共 1 处错误\n$/;
  t.match((await check(folder, [], { LC_ALL: 'zh_CN.UTF-8' })).stdout, chinese);
  t.match((await check(folder, ['--language', 'zh'])).stdout, chinese);
  t.match((await check(folder, ['--language', 'en'], { LC_ALL: 'zh_CN.UTF-8' })).stdout, /did you mean/);
});

t.test('references are demanded only when asked for', async t => {
  const folder = deployment(t);
  t.equal((await check(folder, [])).code, 0);
  const missing = await check(folder, ['--resolve']);
  t.equal(missing.code, 1);
  t.match(missing.stdout, /REGISTRATION_URL is not set[\s\S]*REGISTRATION_KEY is not set/);
  const there = await check(folder, ['--resolve'], environment);
  t.equal(there.code, 0);
  t.notMatch(there.stdout, /key-of-the-environment/);
});

t.test('--json is for machines', async t => {
  const broken = JSON.parse((await check(deployment(t, 'unknown-adapter'), ['--json'])).stdout);
  t.match(broken, {
    registry: null,
    faults: [
      {
        rule: 'unknown-adapter',
        file: 'config/departments/civil-affairs.yaml',
        line: 20,
        column: 14,
        pointer: '/services/marriage-status~1v1/adapter',
        message: { zh: '本部门没有适配器 registratoin' },
        fix: { en: 'did you mean registration?' },
      },
    ],
  });
  const sound = JSON.parse((await check(deployment(t), ['--json'])).stdout);
  t.match(sound, { registry: /^[0-9a-f]{64}$/ });
  t.ok(sound.faults.every(({ severity }: { severity: string }) => severity !== 'error'));
});

t.test('a folder that is not there', async t => {
  const { code, stdout } = await check(t.testdir({}), ['nowhere']);
  t.equal(code, 1);
  t.match(stdout, /^nowhere\/config:1:1: there is no such file or folder[^\n]*\nnowhere\/schemas:1:1: /);
});

t.test('wrong arguments are told with the usage', async t => {
  const folder = deployment(t);
  for (const words of [['a', 'b'], ['--language', 'fr'], ['--jsn']]) {
    const { code, stdout, stderr } = await check(folder, words);
    t.equal(code, 2);
    t.equal(stdout, '');
    t.match(stderr, /stile check \[DIR\]/);
  }
});

t.test('on a terminal', async t => {
  const text = { zh: '错', en: 'wrong' };
  const fault: Fault = {
    rule: 'syntax',
    file: 'a\u001b[2Jb.yaml',
    line: 1,
    column: 2,
    pointer: '/x',
    message: text,
    fix: text,
  };
  const plain = { width: 80, colour: false, language: 'en' } as const;
  t.equal(
    faultText([fault], plain).split('\n')[0],
    'a<U+001B>[2Jb.yaml:1:2 /x: wrong; wrong [syntax]',
    'nothing steers it',
  );
  t.equal(
    faultText([fault], { ...plain, width: 20 }).split('\n\n')[0],
    'a<U+001B>[2Jb.yaml:1:2 /x:\n  wrong;\n  wrong [syntax]',
    'a narrow one gets three lines',
  );
  const coloured = faultText([fault], { ...plain, colour: true });
  t.match(coloured, '\u001b[31mwrong\u001b[0m; \u001b[32mwrong\u001b[0m');
});
