/** What another judge of API descriptions calls breaking, ours does too. Theirs is `redocly diff`; it takes seconds. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../src/root.js';
import { changes } from './changes.js';

/** One operation for each change, so that one run judges all. */
function described(schemas: readonly (readonly [string, object])[], half: 'request' | 'reply'): object {
  const content = (schema: object) => ({ 'application/json': { schema } });
  const operation = (name: string, schema: object) => ({
    operationId: name,
    ...(half === 'request' ? { requestBody: { required: true, content: content(schema) } } : {}),
    responses: { 200: { description: name, ...(half === 'reply' ? { content: content(schema) } : {}) } },
  });
  const paths = schemas.map(([name, schema], index) => [`/${index}`, { post: operation(name, schema) }] as const);
  return { openapi: '3.1.0', info: { title: half, version: '1' }, paths: Object.fromEntries(paths) };
}

interface Report {
  readonly changes: readonly { readonly path: string; readonly impact: string }[];
}

/** The numbers of the operations that the other judge calls broken. */
function brokenByOracle(t: Test, base: object, revision: object): ReadonlySet<number> {
  const folder = t.testdir({});
  const files = Object.entries({ base, revision }).map(([name, description]) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(description));
    return file;
  });
  const report = join(folder, 'report.json');
  const cli = join(root, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
  const words = [cli, 'diff', ...files, '--format=json', '--fail-on=none', '-o', report];
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  if (status !== 0) throw new Error(stderr);
  const { changes: found } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const major = found.filter(({ impact }) => impact === 'major');
  return new Set(major.map(({ path }) => Number(/^#\/paths\/~1(\d+)/.exec(path)?.[1])));
}

/** To it any change of these keywords breaks; which way it goes it does not look. */
const anyChange = new Set(['const', 'steps', 'negation']);

const skip = process.env.STILE_SLOW === undefined && 'only in the slow suite';

for (const half of ['request', 'reply'] as const) {
  for (const widening of [true, false]) {
    t.test(`a ${half} ${widening ? 'widened' : 'narrowed'}`, { skip }, async t => {
      const old = changes.map(([name, narrow, wide]) => [name, widening ? narrow : wide] as const);
      const now = changes.map(([name, narrow, wide]) => [name, widening ? wide : narrow] as const);
      const theirs = brokenByOracle(t, described(old, half), described(now, half));
      for (const [index, [name, , , widened, narrowed]] of changes.entries()) {
        const ours = (widening ? widened : narrowed).some(rule => rule.startsWith(half));
        if (theirs.has(index)) t.ok(ours || anyChange.has(name), `${name} breaks for both`);
      }
      if (widening === (half === 'reply')) t.ok(theirs.size > changes.length / 3, `${theirs.size} were found by both`);
    });
  }
}
