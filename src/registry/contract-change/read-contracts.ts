/** Reads the contracts of a folder of schemas without its config: all that judging a change needs. */
import { buildContract } from '../contract.js';
import type { Fault } from '../fault.js';
import { readSchemaFiles } from '../files.js';
import type { Contract } from '../registry.js';
import { groupCompiler } from '../schema-compiler.js';
import { schemaPath } from '../schema-store.js';
import type { Contracts } from './judge-contracts.js';

export interface ContractsRead extends Contracts {
  readonly faults: readonly Fault[];
  /** Where the pointer of the file with the `$id` stands; a file that is not there has no lines. */
  place(id: string, pointer: string): Pick<Fault, 'file' | 'line' | 'column' | 'pointer'>;
}

/** @param folder holds `<department>/<service>/v1/request.json` and `reply.json`, and the vocabulary they refer to */
export async function readContracts(folder: string): Promise<ContractsRead> {
  const files = await readSchemaFiles(folder);
  const all = new Map(files.schemas.map(file => [file.path, file]));
  const { byPath, store, faults: schemaFaults } = groupCompiler(all).compile(files.schemas);
  const faults = [...files.faults, ...schemaFaults];
  const contracts = new Map<string, Contract>();
  for (const [path, request] of byPath) {
    const [, service] = /^([^/]+\/[^/]+\/v[1-9][0-9]*)\/request\.json$/.exec(path) ?? [];
    const reply = byPath.get(`${service}/reply.json`);
    if (service === undefined || reply === undefined) continue;
    const { contract, findings } = buildContract(request, reply, store);
    faults.push(...findings.map(({ source, finding }) => source.fault(finding)));
    if (contract !== undefined) contracts.set(service, contract);
  }
  return {
    contracts,
    schemas: new Map([...byPath.values()].map(({ id, schema }) => [id, schema])),
    faults,
    place(id, pointer) {
      const source = store.get(id);
      const path = schemaPath(id) ?? id;
      return { ...(source?.place(pointer) ?? { file: `${folder}/${path}`, line: 1, column: 1 }), pointer };
    },
  };
}
