/** The kit can fail: an adapter that is bad in one thing fails the case for that, and no other. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const program = fileURLToPath(new URL('./bad-adapter.js', import.meta.url));
const deadline = 'the deadline is kept, and frees the connection';

/** The case that fails, by what is bad. */
const cases: Readonly<Record<string, string>> = {
  'another-schema': 'its settings are those of its schemas',
  'mixed-up': 'each question gets its own answer',
  'no-size-cap': 'no more than the limit of an answer is taken',
  'malformed-passed-on': 'what breaks the contract is malformed',
  'wrong-person': 'an answer about another person is not passed off as one about who was asked',
  'denied-as-failing': 'credentials that are refused are denied',
  'deadline-ignored': deadline,
  'socket-left': deadline,
  'signal-ignored': 'a probe ends with its signal, and frees the connection',
  'throws-at-garbage': 'bytes that are none of the protocol are a failure',
  'no-reconnect': 'after every break it connects again',
  'never-closed': 'closed, it holds no connection',
  'secret-told': 'nothing that is secret or personal was told to the operators',
};

/** The kit's cases, and which of them failed, of an adapter in a process of its own. */
async function verdicts(bad: string): Promise<{ readonly all: readonly string[]; readonly failed: readonly string[] }> {
  // Without what tap adds to every process of Node.js's.
  const { NODE_OPTIONS: _, TAP_CHILD_ID: __, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [program, bad], { env, maxBuffer: 16_000_000 }).catch(
    (error: { readonly stdout: string }) => error,
  );
  const found = [...stdout.matchAll(/^(not ok|ok) \d+ - (.*?)(?: # time=.*)?$/gm)];
  const titles = (wanted: readonly (readonly string[])[]) => wanted.map(([, , title = '']) => title);
  return { all: titles(found), failed: titles(found.filter(([, verdict]) => verdict === 'not ok')) };
}

t.setTimeout(600_000);

t.test('a good one passes', async t => {
  const { all, failed } = await verdicts('nothing');
  t.strictSame(failed, []);
  t.strictSame(
    all.filter(title => !Object.values(cases).includes(title)),
    [],
    'and there is a bad one for every case',
  );
  t.equal(all.length, new Set(Object.values(cases)).size);
});

t.test('a bad one', { jobs: 3 }, async t => {
  for (const [bad, title] of Object.entries(cases)) {
    t.test(bad, async t => t.strictSame((await verdicts(bad)).failed, [title]));
  }
});
