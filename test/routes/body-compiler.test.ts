/** What the build compiled finds in a body what Ajv finds that compiles its schema now. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { root } from '../../src/root.js';
import { addressOf, bodySchemas, compiledBodies, openBodyAjv } from '../../src/routes/body-compiler.js';

const { default: built } = (await import(compiledBodies.href)) as {
  default: Readonly<Record<string, ValidateFunction>>;
};
const ajv = openBodyAjv();
const agreements = parse(readFileSync(join(root, 'config', 'agreements', 'sandbox.yaml'), 'utf8'));

const told = ({ errors }: ValidateFunction): unknown =>
  errors?.map(({ instancePath, keyword, params, parentSchema }: ErrorObject) => ({
    instancePath,
    keyword,
    params,
    parentSchema,
  }));

t.same(Object.keys(built).sort(), [...bodySchemas].sort());
t.ok(built.agreements?.(agreements), 'the agreements of the sandbox are right');

for (const name of bodySchemas) {
  const then = built[name] as ValidateFunction;
  const now = ajv.getSchema(addressOf(name)) as ValidateFunction;
  for (const body of [null, 'text', [], {}, { unknown: true, reason: '', agreements: [{ id: 'A' }] }, agreements]) {
    t.equal(then(body), now(body), name);
    t.same(told(then), told(now), `${name}: the same errors`);
  }
}
