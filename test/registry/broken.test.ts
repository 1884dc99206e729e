/** Every fault has its broken config: the right rule, at the right line and column, and nothing else. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { rule } from '../../src/registry/fault.js';
import { root } from '../../src/root.js';
import { deployment, environment, faultLines, load } from './deployment.js';

const changes = readdirSync(join(root, 'test', 'registry', 'broken')).sort();
const told = new Set<string>();

for (const change of changes) {
  t.test(change, async t => {
    const folder = deployment(t, change);
    const { registry, faults } = await load(folder, environment);
    t.equal(registry, undefined);
    t.strictSame(
      faults.map(({ rule, file, line, column, pointer }) =>
        `${rule} ${relative(folder, file)}:${line}:${column} ${pointer}`.trimEnd(),
      ),
      faultLines(folder).filter(line => !line.startsWith('- ')),
    );
    for (const { rule, message, fix } of faults) {
      told.add(rule);
      for (const text of [message, fix]) t.match(text.zh, /\p{Script=Han}/u, `${rule} speaks Chinese`);
      for (const text of [message, fix])
        t.notMatch(text.en, /\p{Script=Han}|undefined|\[object/u, `${rule} speaks English`);
      t.notMatch(JSON.stringify(faults), /correct-horse-battery|key-of-the-environment/, 'no secret is told');
    }
  });
}

t.test('no rule is without its broken config', async t => {
  t.strictSame(
    // Those of live systems have theirs in test/cli/check-probe.test.ts.
    Object.values(rule).filter(each => !told.has(each) && !each.startsWith('system-')),
    [],
  );
});
