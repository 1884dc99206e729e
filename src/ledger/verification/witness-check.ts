/** Whether those whom an auditor trusts have seen the same roll, and said so by their cosignatures. */
import { cosignatureVerifier } from '../cosignature.js';
import { cosignedBy } from '../cosigned.js';
import { rollShard } from '../ledger.js';
import type { TrustedWitnesses } from '../verify-receipt.js';
import { type Findings, ledgerWrong, logName } from './finding.js';

/** Of what is no note, nobody cosigned anything. */
export function areCosigned(note: string, { keys, required }: TrustedWitnesses): boolean {
  try {
    return required === 0 || cosignedBy(note, keys.map(cosignatureVerifier)).length >= required;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** @param note of the roll's checkpoint, where there is one */
export function checkWitnesses(
  note: string | undefined,
  trusted: TrustedWitnesses | undefined,
  findings: Findings,
): void {
  if (trusted === undefined || trusted.required === 0) return;
  if (note === undefined || !areCosigned(note, trusted)) findings.add(ledgerWrong.witnesses, logName(rollShard));
}
