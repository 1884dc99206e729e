/** `stile ledger verify`, as it is called: its exit code and what it prints. */
import { generateKeyPairSync } from 'node:crypto';
import { run } from '../../src/cli/ledger.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { terminalLike } from './audit-terminal.js';

/** A verifier key that signed nothing. */
export const strangerOf = (deployment: string): string =>
  verifierKeysOf(`${deployment}/ledger`, [generateKeyPairSync('ed25519').privateKey])[0] ?? '';
export const zh = { LANG: 'zh_CN.UTF-8' };

/** @returns the exit code and what was printed */
export async function verify(words: readonly string[], environment: Record<string, string> = {}, typed?: string) {
  const io = terminalLike(environment, undefined, typed);
  const code = await run(['verify', ...words], io);
  return { code, out: io.out(), err: io.err() };
}
