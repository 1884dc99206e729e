/** A plan as it is kept in a file between `stile plan --out` and `stile apply`. */
import { readFileSync } from 'node:fs';
import type { Consequence } from '../configuration/consequence.js';
import { isObject } from './answer.js';

export const planVersion = 1;

export interface Plan {
  readonly v: typeof planVersion;
  /** Digest of the config that was in force. */
  readonly running: string;
  /** Digest of the files. */
  readonly next: string;
  /** For whoever reads the file; what is applied is named by the digests. */
  readonly changes: readonly Consequence[];
}

const digest = /^[0-9a-f]{64}$/;

/** @returns undefined for what is no plan of this version */
export function readPlan(file: string): Pick<Plan, 'running' | 'next'> | undefined {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(found) || found.v !== planVersion) return undefined;
  const { running, next } = found;
  if (typeof running !== 'string' || typeof next !== 'string') return undefined;
  return digest.test(running) && digest.test(next) ? { running, next } : undefined;
}
