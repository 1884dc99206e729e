/** Reads a file of agreements as its parties wrote it. */
import { readFileSync } from 'node:fs';
import type { AgreementsFile } from '../../schemas/stile/agreements.js';
import type { Fault, Finding } from './fault.js';
import { fileKind, fileMissing } from './files.js';
import { agreementSafety } from './safety/judge-safety.js';
import { shapeFindings, strings } from './shape.js';
import { readSource } from './source.js';
import { stileSchema } from './stile-schema.js';

export interface AgreementsRead {
  /** As written, each for `checkAgreement`; empty when there is any fault. */
  readonly agreements: readonly Readonly<Record<string, unknown>>[];
  readonly faults: readonly Fault[];
  /** What is unwise in them, as far as it shows without the contracts. */
  readonly unsafe: readonly Fault[];
  /** Puts the place in the file to a finding on the agreement at the index. */
  fault(index: number, finding: Finding): Fault;
}

/**
 * Reads and checks the file's syntax and shape; what the agreements name is checked by whoever has the registry.
 *
 * @param file path, as faults shall show it
 */
export function readAgreements(file: string): AgreementsRead {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    const fault = fileMissing(file);
    return { agreements: [], faults: [fault], unsafe: [], fault: () => fault };
  }
  const source = readSource(file, bytes);
  const findings =
    source.value === undefined ? [] : shapeFindings(source.value, stileSchema(fileKind.agreements), strings.plain);
  const faults = [...source.faults, ...findings.map(source.fault)];
  const whole = source.value as AgreementsFile;
  return {
    agreements: faults.length > 0 ? [] : whole.agreements.map(each => ({ ...each })),
    faults,
    unsafe: faults.length > 0 ? [] : agreementSafety(whole, source),
    fault: (index, finding) => source.fault({ ...finding, pointer: `/agreements/${index}${finding.pointer}` }),
  };
}
