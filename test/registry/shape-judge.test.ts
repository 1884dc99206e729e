/** The judge that spares compiling the schemas of config passes what Ajv passes: config that is right, and the same changed in one place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { shippedAdapters } from '../../src/registry/adapter-kinds.js';
import { type FileKind, fileKind } from '../../src/registry/files.js';
import { isSchema, type Schema } from '../../src/registry/schema-store.js';
import { compiledFindings, strings } from '../../src/registry/shape.js';
import { isSurelySchema, surelyFits } from '../../src/registry/shape-judge.js';
import { stileSchema } from '../../src/registry/stile-schema.js';
import { root } from '../../src/root.js';

/** Places of each value that are changed: all of them in the slow suite. */
const most = process.env.STILE_SLOW ? Number.POSITIVE_INFINITY : 12;

interface Right {
  readonly name: string;
  readonly value: unknown;
  readonly schema: Schema;
}

const read = (...path: string[]): unknown => parse(readFileSync(join(root, ...path), 'utf8'));
const config = (kind: FileKind, ...path: string[]): Right => ({
  name: path.join('/'),
  value: read('config', ...path),
  schema: stileSchema(kind),
});

/** What docs/adapters.md shows of every kind, and of no file whole. */
function documented(): Right[] {
  const page = readFileSync(join(root, 'docs', 'adapters.md'), 'utf8');
  const shown = [...page.matchAll(/^```yaml\n(# config\/departments\/[\s\S]*?)^```$/gm)].map(([, text]) =>
    parse(text ?? ''),
  );
  return shown.flatMap(({ adapters = {}, services = {} }) =>
    Object.entries<{ kind: string; settings: unknown }>(adapters).flatMap(([id, { kind, settings }]) => {
      const module = shippedAdapters.find(each => each.kind === kind);
      if (module === undefined) return [];
      const asked = Object.entries<{ adapter: string; ask: unknown }>(services).filter(
        ([, { adapter }]) => adapter === id,
      );
      return [
        { name: `docs: ${id} of kind ${kind}`, value: settings, schema: module.settingsSchema },
        ...asked.map(([key, { ask }]) => ({
          name: `docs: ${key} of kind ${kind}`,
          value: ask,
          schema: module.serviceSchema,
        })),
      ];
    }),
  );
}

const right: readonly Right[] = [
  config(fileKind.settings, 'stile.yaml'),
  config(fileKind.purposes, 'purposes.yaml'),
  config(fileKind.agreements, 'agreements', 'sandbox.yaml'),
  ...readdirSync(join(root, 'config', 'departments')).map(file => config(fileKind.department, 'departments', file)),
  ...documented(),
];

const reference = `\${${'env:NAME'}}`;
const others: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1e9,
  1.5,
  '',
  'x',
  'http',
  '\u{20bb7}',
  reference,
  [],
  ['x', 'x'],
  {},
  { x: 1 },
];

/** The value with another in one place, for every place and other; undefined takes the member away. */
function* changed(value: unknown): Generator<unknown> {
  for (const other of others) if (other !== undefined) yield other;
  if (Array.isArray(value)) {
    yield [...value, value[0]];
    for (const [at, held] of value.entries()) for (const made of changed(held)) yield value.with(at, made);
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unknown: 1 };
    for (const [name, held] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
      for (const made of changed(held)) yield { ...value, [name]: made };
    }
  }
}

function sample<T>(all: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(all.length / (most * others.length)));
  return all.filter((_, at) => at % step === 0);
}

for (const { name, value, schema } of right) {
  t.test(name, async t => {
    const judges = (each: unknown, kept: (typeof strings)[keyof typeof strings]) => surelyFits(each, schema, kept);
    const compiles = (each: unknown, kept: (typeof strings)[keyof typeof strings]) =>
      compiledFindings(each, schema, kept, '').length === 0;
    t.ok(judges(value, strings.written), 'no compiler is needed for it');
    const wrong = sample([...changed(value)]).filter(
      each =>
        judges(each, strings.plain) !== compiles(each, strings.plain) ||
        (judges(each, strings.written) && !compiles(each, strings.written)) ||
        (judges(each, strings.resolved) && !compiles(each, strings.resolved)),
    );
    t.strictSame(wrong.slice(0, 3), []);
  });
}

t.test('schemas by the schema of schemas', async t => {
  const ajv = new Ajv2020();
  for (const { kind, settingsSchema, serviceSchema } of shippedAdapters) {
    t.ok(isSurelySchema(settingsSchema) && isSurelySchema(serviceSchema), `${kind}: no compiler is needed for them`);
  }
  const dialect = 'https://json-schema.org/draft/2020-12/schema';
  for (const file of readdirSync(join(root, 'schemas', 'vocabulary')).filter(file => file.endsWith('.json'))) {
    const schemas = sample([...changed(read('schemas', 'vocabulary', file))]).filter(isSchema);
    const stated = schemas.map(each => ({ ...each, $schema: dialect }));
    const wrong = stated.filter(each => isSurelySchema(each) !== ajv.validateSchema(each));
    t.strictSame(wrong.slice(0, 3), [], file);
  }
});
