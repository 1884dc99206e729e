/** The file adapter passes the kit, over what the sandbox's housing fund centre drops. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter as file } from '../../adapters/file.js';
import { root } from '../../src/root.js';
import { startHousingFund } from '../../src/sandbox/housing-fund.js';
import { populate } from '../../src/sandbox/population.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { adapterConformance } from './conformance.js';

const { adapters, services } = parse(
  readFileSync(join(root, 'config', 'departments', 'housing-fund.yaml'), 'utf8'),
) as {
  readonly adapters: { readonly accounts: { readonly settings: JsonObject } };
  readonly services: Readonly<Record<string, { readonly ask: JsonObject }>>;
};
const { married, unmarried, divorced } = sampleResidents;
const ask = services['fund-account/v1']?.ask ?? {};
const folder = t.testdir();
await startHousingFund(populate(), folder);

await adapterConformance(t, file, {
  settings: () => ({ ...adapters.accounts.settings, folder }),
  ask,
  examples: [
    { request: { residentId: married.residentId }, body: { residentId: married.residentId, status: 'paying' } },
    { request: { residentId: unmarried.residentId }, body: { residentId: unmarried.residentId, status: 'sealed' } },
  ],
  malformed: () => ({ ask: { ...ask, reply: { fields: { paidUntil: { from: '缴至日期', date: 'YYYYMMDD' } } } } }),
  stranger: () => ({
    ask: { ...ask, key: { 证件号码: { constant: divorced.residentId } } },
    identifier: divorced.residentId,
  }),
  hidden: [married.residentId, married.name, unmarried.residentId, divorced.residentId],
});
