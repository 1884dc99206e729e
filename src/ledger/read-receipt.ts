/** Reads a receipt that somebody kept: its form only, and nothing of it is believed by that. */
import type { Receipt } from '../../schemas/stile/receipt.js';

/** @returns null when it is none */
export function readReceipt(text: string): Receipt | null {
  try {
    const { position, entry, proof, roll } = JSON.parse(text) as Partial<Record<keyof Receipt, unknown>>;
    if (typeof roll !== 'object' || roll === null || !('entry' in roll) || !('proof' in roll)) return null;
    const texts = [position, entry, proof, roll.entry, roll.proof];
    if (!texts.every(each => typeof each === 'string')) return null;
    const [at = '', own = '', path = '', rollEntry = '', rollPath = ''] = texts;
    return { position: at, entry: own, proof: path, roll: { entry: rollEntry, proof: rollPath } };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
