/** A checkpoint of the roll that an auditor keeps in a file: the note itself, or a receipt that holds one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Checkpoint, parseCheckpoint } from '../ledger/checkpoint.js';
import { rollShard } from '../ledger/ledger.js';
import { logVerifiers } from '../ledger/log-verifiers.js';
import { parseNote, SignatureError, verifyNote } from '../ledger/note.js';
import { readReceipt } from '../ledger/read-receipt.js';
import { parseTlogProof } from '../ledger/tlog-proof.js';
import { OperatorError } from '../operator-error.js';

/**
 * The signed note in a file.
 *
 * @param keys verifier keys of the roll: what none of them signed was never the roll's; with none, it is taken as it is
 * @throws {OperatorError}
 */
export function readKept(file: string, keys: readonly string[]): { readonly note: string; readonly tree: Checkpoint } {
  try {
    const text = readFileSync(file, 'utf8');
    const receipt = readReceipt(text);
    const note = receipt === null ? text : parseTlogProof(receipt.roll.proof).checkpoint;
    const parsed = parseNote(note);
    if (keys.length > 0) verifyNote(parsed, logVerifiers(keys, rollShard));
    return { note, tree: parseCheckpoint(parsed.text) };
  } catch (error) {
    if (error instanceof SignatureError) throw new OperatorError(unsigned(file), { cause: error });
    if (error instanceof SyntaxError) throw new OperatorError(none(file), { cause: error });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new OperatorError(unreadable(file, (error as NodeJS.ErrnoException).code ?? ''), { cause: error });
  }
}

export const writeKept = (file: string, note: string): void => writeFileSync(file, note);

const unsigned = (file: string) => ({
  zh: `${file} 没有所给密钥的有效签名。`,
  en: `${file} has no good signature of a key that was given.`,
});
const none = (file: string) => ({
  zh: `${file} 既不是检查点也不是回执。`,
  en: `${file} is neither a checkpoint nor a receipt.`,
});
const unreadable = (file: string, code: string) => ({
  zh: `无法读取 ${file}（${code}）。`,
  en: `${file} cannot be read (${code}).`,
});
