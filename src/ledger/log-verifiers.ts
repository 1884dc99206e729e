/** What verifies the signatures of one log: the keys are the roll's, under the name of each shard in turn. */
import { originOf } from './checkpoint-signer.js';
import type { Verifier } from './note.js';
import { formatVerifierKey, noteKey, noteVerifier, parseVerifierKey, signatureType } from './note-key.js';

/**
 * @param rollKeys verifier keys of the roll, `<deployment>/ledger+<id>+<key>`
 * @param shard of the log; the roll's for the roll and what is signed with it
 * @throws {SyntaxError} when a verifier key is none
 */
export const logVerifiers = (rollKeys: readonly string[], shard: number): readonly Verifier[] =>
  rollKeys.map(text => {
    const { name, key } = parseVerifierKey(text, signatureType.note);
    const deployment = name.slice(0, -'/ledger'.length);
    return noteVerifier(formatVerifierKey(noteKey(originOf(deployment, shard), signatureType.note, key)));
  });
