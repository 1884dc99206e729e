/** `stile adapter new`: what it writes compiles, passes the check of config and the kit as it is, and is found by its kind. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { run } from '../../src/cli/adapter.js';
import { root } from '../../src/root.js';

/** A command's ends, its output kept. */
function io() {
  const out: string[] = [];
  const stream = { isTTY: false, write: (text: string) => out.push(text) > 0 };
  return { out, io: { stdout: stream, stderr: stream, environment: { LANG: 'en' } } as never };
}

/** A checkout of Stile's sources of a test's own. */
function checkout(folder: string): string {
  for (const part of ['adapters', 'schemas', 'src', 'test/adapters', 'package.json', 'biome.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Without what tap adds to every process of Node.js's. */
function execute(folder: string, ...args: string[]) {
  const plainly = ['-c', 'unset NODE_OPTIONS; exec "$0" "$@"', process.execPath];
  const found = spawnSync('sh', [...plainly, ...args], { cwd: folder, encoding: 'utf8' });
  return { status: found.status, text: found.stdout + found.stderr };
}

/** What an editor has against a department's file, by the schema that its first line names in this folder, and by those that leads to. */
async function editorIn(folder: string): Promise<(text: string) => readonly string[]> {
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    allErrors: true,
    loadSchema: async uri => read(new URL(uri).pathname),
  });
  const path = 'schemas/stile/department.json';
  const validate = await ajv.compileAsync({ $id: `https://stile.example/${path}`, ...read(path) });
  return text =>
    (validate(parse(text)) ? [] : (validate.errors ?? [])).map(({ instancePath, params }) => {
      const { additionalProperty = '', missingProperty = '' } = params as Readonly<Record<string, string>>;
      return `${instancePath} ${additionalProperty}${missingProperty}`.trim();
    });
}

t.test('a module that works from the first minute', async t => {
  const folder = checkout(t.testdir());
  const { out, io: ends } = io();
  t.equal(await run(['new', 'land-register', '--into', folder], ends), 0);
  t.match(out.join(''), /adapters\/own\/land-register\.ts/);

  const modules = join(root, 'node_modules');
  const lint = join(modules, '@biomejs', 'biome', 'bin', 'biome');
  const written = ['adapters/own', 'test/adapters/own'];
  const linted = execute(
    folder,
    lint,
    'check',
    '--error-on-warnings',
    '--vcs-enabled=false',
    ...written,
    'schemas/stile',
  );
  t.equal(linted.status, 0, linted.text);

  const tsconfig = {
    ...JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')),
    include: ['src/cli.ts', 'src/cli/check.ts', 'schemas/compile.ts', ...written],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  for (const step of [join(modules, 'typescript', 'bin', 'tsc'), 'build/schemas/compile.js']) {
    const built = execute(folder, step);
    t.equal(built.status, 0, built.text);
  }

  const tried = execute(folder, 'build/test/adapters/own/land-register.test.js');
  t.equal(tried.status, 0, tried.text);
  t.match(tried.text, /ok \d+ - the deadline is kept/);

  mkdirSync(join(folder, 'config', 'departments'), { recursive: true });
  cpSync(join(root, 'config', 'stile.yaml'), join(folder, 'config', 'stile.yaml'));
  cpSync(join(root, 'config', 'purposes.yaml'), join(folder, 'config', 'purposes.yaml'));
  const department = (settings: string): string => `# yaml-language-server: $schema=../../schemas/stile/department.json
id: land
name: { zh: 国土局, en: Land Bureau }
division: "440300"
contact: data@land.stile.example
adapters: { main: { kind: land-register, settings: ${settings} } }
`;
  const file = join(folder, 'config', 'departments', 'land.yaml');
  const check = () => execute(folder, 'build/src/cli.js', 'check', '--language', 'en');
  writeFileSync(file, department(`{ baseUrl: https://land.stile.example, key: "\${env:LAND_KEY}" }`));
  const right = check();
  t.equal(right.status, 0, right.text);
  writeFileSync(file, department('{ baseUrl: https://land.stile.example, key: written-out, colour: red }'));
  const wrong = check();
  t.equal(wrong.status, 1);
  t.match(wrong.text, /a secret is written out/);
  t.match(wrong.text, /unknown key colour/);

  const service = (ask: string) => `services:
  owner/v1: { title: { zh: 权利人, en: Owner }, sharing: conditional, safe: true, adapter: main, ask: ${ask} }
`;
  const made = join(folder, 'deployment');
  const init = (...words: string[]) => execute(folder, 'build/src/cli.js', ...words, '--language', 'en');
  t.equal(init('init', made, '--url', 'https://stile.example').status, 0);
  for (const [where, there] of [
    ['a checkout', folder],
    ['a deployment', made],
  ] as const) {
    const editor = await editorIn(there);
    const good = department(`{ baseUrl: https://land.stile.example, key: "\${env:LAND_KEY}" }`);
    t.strictSame(editor(good + service('{ path: /persons }')), [], where);
    t.ok(
      editor(department('{ baseUrl: https://land.stile.example, key: k, colour: red }')).includes(
        '/adapters/main/settings colour',
      ),
      where,
    );
    t.ok(editor(good + service('{ pth: /persons }')).includes('/services/owner~1v1/ask pth'), where);
  }
  const own = join(made, 'schemas', 'stile', 'adapters', 'own.json');
  t.match(init('adapter', 'schemas', made), { status: 0, text: 'Nothing has changed' });
  writeFileSync(own, '{}');
  t.match(init('adapter', 'schemas', made), { status: 0, text: '1 schema written' });
  t.match(init('adapter', 'schemas', folder), { status: 0, text: 'Nothing has changed' }, 'a checkout has its own');
  t.match(init('adapter', 'schemas', join(folder, 'config')), { status: 1, text: /stile init first/ });
});

t.test('what is refused', async t => {
  const { io: ends } = io();
  await t.rejects(run(['new', 'Land'], ends), { message: /kebab-case/ });
  await t.rejects(run(['new', '../../src/cli'], ends), { message: /kebab-case/ });
  await t.rejects(run(['new', 'http'], ends), { message: /comes with Stile/ });
  await t.rejects(run(['new', 'land', '--into', t.testdir()], ends), { message: /no sources/ });
  t.equal(await run(['old', 'land'], ends), 2);
  const folder = t.testdir({
    adapters: { 'adapter.ts': '', own: { 'land.ts': 'somebody worked on this' } },
  });
  await t.rejects(run(['new', 'land', '--into', folder], ends), { message: /nothing was written/ });
});

t.test('a file of adapters/own that is no module of its name is said so', async t => {
  const folder = t.testdir({
    registry: {},
    adapters: { own: { 'land.js': "export const adapter = { kind: 'sea' };" } },
  });
  const loader = join(root, 'build', 'src');
  cpSync(loader, join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const program =
    "import('./src/registry/own-adapters.js').then(m => m.loadOwnAdapters()).catch(e => console.log(e.text.en))";
  t.match(
    execute(folder, '--input-type=module', '-e', program).text,
    'adapters/own/land.ts should export an adapter whose kind is land',
  );
});
