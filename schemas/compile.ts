/** Writes what Ajv makes of the schemas of config into build/: the last step of a build, so that no start has to compile them. */
import { writeFileSync } from 'node:fs';
import { _ } from 'ajv/dist/2020.js';
import { default as standalone } from 'ajv/dist/standalone/index.js';
import { dialect } from '../src/registry/schema-keywords.js';
import { compiledSchemas, openAjv, shippedSchemas } from '../src/registry/shape-compiler.js';

/** One of each schema: Ajv would write one twice that has two. */
const addressed = new Map([...shippedSchemas].map(([address, schema]) => [schema, address]));
const addresses = [...addressed.values(), dialect];
const ajv = openAjv({ source: true, formats: _`formats`, optimize: true });
// Ajv writes CommonJS where exports have names like these.
const code = standalone.default(ajv, Object.fromEntries(addresses.map(address => [address, address])));

writeFileSync(
  compiledSchemas,
  `/** Written by schemas/compile.ts. */
import { createRequire } from 'node:module';
import { formats } from '../../src/registry/formats.js';

const require = createRequire(import.meta.url);
const exports = {};
${code}
export default exports;
`,
);
