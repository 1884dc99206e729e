/** Holds the table of faults in docs/ledger.md to the tests: each that it names is there and says which faults it makes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../../src/root.js';
import { pageOf } from '../documents.js';

const section = /^## Faults\n(.*?)^## /ms.exec(pageOf('docs/ledger.md').text)?.[1] ?? '';

/** `file: fault`, for each test that a row names. */
const told = [...section.matchAll(/^\| (.+?) \| .+? \| (`test\/.+?) \|$/gm)].flatMap(([, fault = '', files = '']) =>
  [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => `${file}: ${fault.replaceAll('`', '')}`),
);

/** The same, as the tests say it of themselves in their first comment. */
const made = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts'))
  .flatMap(name => {
    const [comment = ''] = /^\/\*\*.*?\*\//s.exec(readFileSync(join(root, 'test', name), 'utf8')) ?? [];
    return [...comment.matchAll(/^ \* Fault: (.+)$/gm)].map(([, fault]) => `test/${name}: ${fault}`);
  });

t.test('each test that the table names is there', async t => {
  t.ok(told.length > 15, 'the table was found');
  for (const each of told) t.ok(existsSync(join(root, each.split(': ')[0] ?? '')), each);
});

t.test('the table and the tests name the same faults', async t => {
  t.same([...told].sort(), [...made].sort());
});
