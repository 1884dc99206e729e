/** The ledger's entry of a change of config: from which to which, what it comes to, and whose doing it was. */
import { type Draft, entryKind } from '../ledger/ledger.js';
import { randomId } from '../random.js';
import { type Consequence, summaryOf } from './consequence.js';

/** Through what a change came. */
export const way = {
  /** The files changed, and were taken up by themselves. */
  files: 'files',
  /** The process was sent SIGHUP. */
  signal: 'signal',
  /** An operator asked for it through the API. */
  api: 'api',
  /** Another replica rolled back from what this one had in force too. */
  replica: 'replica',
  /** The process was started: by whom, it cannot know. */
  start: 'start',
} as const;
export type Way = (typeof way)[keyof typeof way];

export const configAction = {
  /** A process was started with other files than those in force before. */
  started: 'started',
  /** The files were read again. */
  reloaded: 'reloaded',
  /** The files were read again, and were those of a plan. */
  applied: 'applied',
  /** A config that was in force before is so again. */
  rolledBack: 'rolled-back',
  /** The same, after another replica whose operator did that. */
  followed: 'followed',
  /** One exchange was tried against files that need not be in force. */
  tried: 'tried',
} as const;
export type ConfigAction = (typeof configAction)[keyof typeof configAction];

/** Whose doing a change is. */
export interface ChangedBy {
  readonly way: Way;
  readonly staff?: { readonly id: string; readonly role: string };
}

/**
 * @param former digest of the registry that was in force; undefined where there was none
 * @param registry of the one that is from now on
 * @param consequences undefined where they cannot be told, as the former is not at hand
 */
export function configDraft(
  action: ConfigAction,
  { way: through, staff }: ChangedBy,
  former: string | undefined,
  registry: string,
  consequences: readonly Consequence[] | undefined,
): Draft {
  return {
    entry: {
      kind: entryKind.config,
      id: randomId(),
      action,
      way: through,
      staff,
      former,
      registry,
      changes: consequences && summaryOf(consequences),
    },
  };
}
