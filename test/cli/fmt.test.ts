/** `stile fmt`: one layout, the same meaning, every comment; again it changes nothing. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../../src/cli/fmt.js';
import { formatText } from '../../src/registry/format-text.js';
import { root } from '../../src/root.js';
import { deployment } from '../registry/deployment.js';
import { terminalLike } from './audit-terminal.js';

async function fmt(folder: string, ...words: string[]) {
  const io = terminalLike({ LC_ALL: 'C' });
  const code = await run([folder, ...words], io);
  return { code, out: io.out().replaceAll(`${folder}/`, ''), error: io.err().replaceAll(`${folder}/`, '') };
}

t.test('YAML', async t => {
  const untidy = `# yaml-language-server: $schema=x


a:
    - b:   1    # one
      # two
      c: 'it is'
    - {d: [ 1,2 ],   e: "f"}
# three
long: ${'text '.repeat(40)}


g: |
   kept
     as it is
`;
  t.equal(
    formatText('x.yaml', untidy),
    `# yaml-language-server: $schema=x

a:
  - b: 1 # one
    # two
    c: "it is"
  - { d: [1, 2], e: "f" }
# three
long: ${'text '.repeat(40).trimEnd()}

g: |
  kept
    as it is
`,
  );
});

t.test('JSON', async t => {
  const long = Array.from({ length: 30 }, (_, at) => `value ${at}`);
  t.equal(
    formatText('x.json', `{"a":{},"b":[],"c":["x",1],"d":[{"e":"林"}],"f":${JSON.stringify(long)}}`),
    `{
  "a": {},
  "b": [],
  "c": ["x", 1],
  "d": [
    {
      "e": "林"
    }
  ],
  "f": [
${long.map(text => `    "${text}"`).join(',\n')}
  ]
}
`,
  );
});

t.test('a list of scalars has one line where that ends within 120 columns', async t => {
  // `  "a": ["…"],` has 12 columns besides the text.
  for (const [length, lines] of [
    [108, 3],
    [109, 5],
  ] as const) {
    const text = formatText('x.json', JSON.stringify({ a: ['x'.repeat(length)] })) ?? '';
    t.equal(text.trimEnd().split('\n').length, lines, String(length));
  }
});

t.test('what has faults of syntax is left alone', async t => {
  for (const [file, text] of [
    ['x.yaml', 'a: [1\n'],
    ['x.yaml', 'a: 1\na: 2\n'],
    ['x.yaml', 'a: &x 1\nb: *x\n'],
    ['x.json', '{"a":1,}'],
    ['x.json', '{"a":1,"a":2}'],
  ] as const) {
    t.equal(formatText(file, text), undefined, text);
  }
});

t.test('every file of the project is laid out once and for all', async t => {
  const files = ['config', 'schemas', 'test/registry'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(?:yaml|json)$/.test(name))
      .map(name => join(root, folder, name)),
  );
  let laidOut = 0;
  for (const file of files) {
    let text: string | undefined;
    try {
      text = formatText(file, new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)));
    } catch {
      continue;
    }
    if (text === undefined) continue;
    laidOut += 1;
    t.equal(formatText(file, text), text, file);
  }
  t.ok(laidOut > 80, `${laidOut} of ${files.length}`);
});

t.test('the command writes, or with --check only names', async t => {
  const folder = deployment(t);
  const file = join(folder, 'config', 'purposes.yaml');
  t.equal((await fmt(folder)).code, 0);
  const tidy = readFileSync(file, 'utf8');
  writeFileSync(file, `${tidy}\n\n# the end\n`);
  const checked = await fmt(folder, '--check');
  t.equal(checked.code, 1);
  t.match(checked.out, /^config\/purposes\.yaml\n\d+ files, 1 laid out otherwise\n$/);
  t.equal(readFileSync(file, 'utf8'), `${tidy}\n\n# the end\n`, 'nothing is written');
  t.match((await fmt(folder)).out, /^config\/purposes\.yaml\n\d+ files, 1 laid out anew\n$/);
  t.equal(readFileSync(file, 'utf8'), `${tidy}\n# the end\n`);
  t.match(await fmt(folder, '--check'), { code: 0, out: /^\d+ files, 0 laid out otherwise\n$/ });
});

t.test('a file with faults is named, and the others are laid out', async t => {
  const folder = deployment(t, 'syntax');
  const { code, error } = await fmt(folder);
  t.equal(code, 1);
  t.match(error, /^config\/\S+: left as it is: it has faults of syntax/);
  t.equal((await fmt(folder, 'another')).code, 2);
});
