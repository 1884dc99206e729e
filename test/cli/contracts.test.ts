/** `stile contracts diff` as an operator and as a script run it. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { run } from '../../src/cli/contracts.js';
import { root } from '../../src/root.js';

const reply = 'civil-affairs/marriage-status/v1/reply.json';

async function contracts(words: string[], environment: Readonly<Record<string, string>> = {}) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const [stdout, stderr] = [stream('stdout'), stream('stderr')];
  const io = { stdin: Readable.from([]), stdout, stderr, environment, ended: new AbortController().signal };
  return { code: await run(words, io), ...written };
}

/** The project's own contracts, with one text in one of them put in another's place. */
function changed(t: Test, before: string, after: string): string {
  const folder = t.testdir({});
  cpSync(join(root, 'schemas'), join(folder, 'schemas'), { recursive: true });
  const file = join(folder, 'schemas', reply);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(before)) throw new Error(`${before} is not there`);
  writeFileSync(file, text.replace(before, after));
  return folder;
}

t.test('what breaks is told, and ends with 1', async t => {
  const folder = changed(t, '"unmarried", "married"', '"unmarried", "separated", "married"');
  const { code, stdout, stderr } = await contracts(['diff', root, folder]);
  t.equal(code, 1);
  t.equal(stderr, '');
  const [line = '', ...rest] = stdout.split('\n');
  t.ok(line.startsWith(`${join(folder, 'schemas', reply)}:28:15 /properties/status/enum: status: `), line);
  t.match(line, /; take it back, or make it civil-affairs\/marriage-status\/v2 \[reply-values\]$/);
  t.strictSame(rest, ['', '1 fault in 1 file', '']);
  const chinese = await contracts(['diff', join(root, 'schemas'), join(folder, 'schemas')], { LANG: 'zh_CN.UTF-8' });
  t.match(chinese.stdout, '会出现从前没有承诺的取值；改回原样，或另立 civil-affairs/marriage-status/v2 [reply-values]');
});

t.test('what does not break ends with 0', async t => {
  const folder = changed(t, '"unmarried", "married", ', '"unmarried", "married",\n');
  t.equal((await contracts(['diff', root, folder])).code, 0);
  const narrower = changed(t, '"maxLength": 20', '"maxLength": 19');
  const { code, stdout } = await contracts(['diff', root, narrower]);
  t.equal(code, 0);
  t.match(stdout, /^1 of \d+ contracts changed, and nothing that uses them breaks\n$/);
});

t.test('a contract that is gone, for machines', async t => {
  const folder = changed(t, '"maxLength": 20', '"maxLength": 21');
  rmSync(join(folder, 'schemas', 'public-security'), { recursive: true });
  const { code, stdout } = await contracts(['diff', root, folder, '--json']);
  t.equal(code, 1);
  t.match(JSON.parse(stdout), {
    findings: [
      { rule: 'reply-bound', service: 'civil-affairs/marriage-status/v1', field: 'certificateNumber', agreements: [] },
      { rule: 'contract-removed', service: 'public-security/household/v1', line: 1, message: { zh: /契约没有了/ } },
    ],
  });
});

t.test('what cannot be read, and what makes no sense', async t => {
  const unread = await contracts(['diff', root, join(t.testdir({}), 'nowhere')]);
  t.equal(unread.code, 1);
  t.match(unread.stderr, /nowhere:1:1: there is no such file or folder/);
  const folder = changed(t, '"type": "object"', '"type": "objct"');
  t.equal((await contracts(['diff', root, folder])).code, 1);
  const silent = await contracts(['diff', root, root, '--live'], { STILE_URL: 'http://127.0.0.1:1' });
  t.equal(silent.code, 1);
  t.equal(silent.stdout, '', 'without the agreements nothing is said to be sound');
  t.equal((await contracts(['diff', root])).code, 2);
  t.equal((await contracts(['dif', root, root])).code, 2);
});
