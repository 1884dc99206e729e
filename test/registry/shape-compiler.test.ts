/** What the build compiled is all that comes with Stile, and finds in config what Ajv finds that compiles it now. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { fileKind } from '../../src/registry/files.js';
import { dialect } from '../../src/registry/schema-keywords.js';
import { compiledSchemas, openAjv, shippedSchemas } from '../../src/registry/shape-compiler.js';
import { root } from '../../src/root.js';

const built = ((await import(compiledSchemas.href)) as { default: Readonly<Record<string, ValidateFunction>> }).default;
const ajv = openAjv();
const read = (...path: string[]): unknown => parse(readFileSync(join(root, ...path), 'utf8'));

const told = ({ errors }: ValidateFunction): unknown =>
  errors?.map(({ instancePath, keyword, params, data, parentSchema }: ErrorObject) => {
    return { instancePath, keyword, params, data, parentSchema };
  });

t.test('every schema that comes with Stile, and JSON Schema itself', async t => {
  const schemas = new Set([...shippedSchemas].flatMap(([address, schema]) => (built[address] ? [schema] : [])));
  t.same(schemas, new Set(shippedSchemas.values()));
  t.type(built[dialect], 'function');
});

const departments = readdirSync(join(root, 'config', 'departments'));
const right: readonly (readonly [string, unknown])[] = [
  [fileKind.settings, read('config', 'stile.yaml')],
  [fileKind.purposes, read('config', 'purposes.yaml')],
  [fileKind.agreements, read('config', 'agreements', 'sandbox.yaml')],
  ...departments.map(file => [fileKind.department, read('config', 'departments', file)] as const),
  [dialect, read('schemas', 'stile', 'department.json')],
];
for (const [address, value] of right) {
  const validate = built[address] as ValidateFunction;
  t.ok(validate(value), `${address} is right`);
}

t.test('what is wrong', async t => {
  for (const [address, now] of [...Object.keys(built)].map(each => [each, ajv.getSchema(each)] as const)) {
    const then = built[address] as ValidateFunction;
    for (const wrong of [
      null,
      1,
      'text',
      [],
      {},
      { id: 1, services: [], unknown: true },
      ...right.map(([, of]) => of),
    ]) {
      t.equal(then(wrong), now?.(wrong), address);
      t.same(told(then), told(now as ValidateFunction), `${address}: the same errors`);
    }
  }
});

t.test('a secret that is written out', async t => {
  const settings = { baseUrl: 'https://a.example', authentication: { bearer: { token: 'written out' } } };
  const validate = built['adapters/http-settings.json'] as ValidateFunction;
  t.notOk(validate(settings));
  t.match(validate.errors, [{ keyword: 'x-stile-secret', instancePath: '/authentication/bearer/token' }]);
  t.ok(validate({ ...settings, authentication: { bearer: { token: `\${env:TOKEN}` } } }));
});
