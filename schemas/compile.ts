/** Writes what Ajv makes of the schemas of config and of the API's bodies into build/: the last step of a build, so that no start has to compile them. */
import { writeFileSync } from 'node:fs';
import { _, type Ajv2020 } from 'ajv/dist/2020.js';
import { default as standalone } from 'ajv/dist/standalone/index.js';
import { dialect } from '../src/registry/schema-keywords.js';
import { compiledSchemas, openAjv, shippedSchemas } from '../src/registry/shape-compiler.js';
import { addressOf, bodySchemas, compiledBodies, openBodyAjv } from '../src/routes/body-compiler.js';

const written = { source: true, formats: _`formats`, optimize: true };

/** @param named addresses of schemas, by the name that each is to have there */
function write(file: URL, ajv: Ajv2020, named: Readonly<Record<string, string>>): void {
  // Ajv writes CommonJS where exports have names like these.
  const code = standalone.default(ajv, named);
  writeFileSync(
    file,
    `/** Written by schemas/compile.ts. */
import { createRequire } from 'node:module';
import { formats } from '../../src/registry/formats.js';

const require = createRequire(import.meta.url);
const exports = {};
${code}
export default exports;
`,
  );
}

/** One of each schema: Ajv would write one twice that has two. */
const addressed = new Map([...shippedSchemas].map(([address, schema]) => [schema, address]));
const addresses = [...addressed.values(), dialect];
write(compiledSchemas, openAjv(written), Object.fromEntries(addresses.map(address => [address, address])));
write(compiledBodies, openBodyAjv(written), Object.fromEntries(bodySchemas.map(name => [name, addressOf(name)])));
