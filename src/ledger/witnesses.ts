/** The witnesses of the roll: each new checkpoint is sent to all of them at once, and what they cosign is added to it. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { OperatorError } from '../operator-error.js';
import type { WitnessConfig, WitnessSettings } from '../registry/settings.js';
import { askWitness, type ToCosign, type Witness, type WitnessWord, witnessFault } from './ask-witness.js';
import { cosignatureVerifier } from './cosignature.js';
import { cosignedBy, withCosignature } from './cosigned.js';
import { type Query, rollShard } from './ledger.js';
import type { Signature } from './note.js';
import { parseVerifierKey, signatureType } from './note-key.js';
import { proveConsistency } from './proof.js';
import { storedNodes } from './stored-tiles.js';
import { readSignedState, type SignedState, writeCosigned, writeWitnessed } from './witnessed.js';

/** Longest that one witness is waited for, milliseconds. */
const deadline = 5000;
/** Pause after a first fault, doubled with each further one up to the longest, milliseconds. */
const firstPause = 500;
const longestPause = 30_000;
/** Cosignatures of a tree that does not grow are renewed this many times before they are stale. */
const renewals = 3;

export interface Witnesses {
  /**
   * Sends what is signed to the witnesses that have not cosigned it, or not lately. To be called by whoever holds the roll,
   * when all that is in it is signed; it never waits for a witness.
   *
   * @param query of the roll's own connection
   */
  offer(query: Query): Promise<void>;
  /** Ends the asking. */
  close(): Promise<void>;
}

export interface WitnessesOptions {
  readonly settings: WitnessSettings;
  /** The keys that sign the ledger. */
  readonly logKeys: readonly KeyObject[];
  /** Reads the nodes of proofs and writes what was cosigned, on connections of its own. */
  readonly query: Query;
  readonly logger: Logger;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now: () => number;
}

/** What is known of one witness between the rounds. */
interface Asked extends Witness {
  isAsked: boolean;
  /** Size and time of what it cosigned last, as far as this replica knows. */
  size: number;
  time: number;
  fault: string | null;
  /** Faults in a row, and when it may be asked again. */
  faults: number;
  after: number;
}

/** A checkpoint that witnesses are being asked to cosign. */
interface Round {
  state: SignedState;
  /** How many have not answered. */
  left: number;
}

/** @throws {OperatorError} when a witness has a key of the ledger itself */
export function openWitnesses({ settings, logKeys, query, logger, now }: WitnessesOptions): Witnesses {
  const { required, stale } = settings.witnessPolicy;
  const all = settings.witnesses.map(config => askedOf(config, logKeys));
  const verifiers = all.map(({ verifier }) => verifier);
  const closing = new AbortController();
  const asking = new Set<Promise<void>>();
  let round: Round | null = null;
  // One after another, so that no cosignature is written over by one that came at the same time.
  let writing = Promise.resolve();

  const isDue = (asked: Asked, size: number): boolean =>
    !asked.isAsked && now() >= asked.after && (asked.size !== size || now() - asked.time > (stale * 1000) / renewals);

  /** Over when enough have cosigned, or all have answered: who is slow is waited for by nobody, and joins a later one. */
  function begin(state: SignedState, due: readonly Asked[]): void {
    const { head, note } = state;
    const begun: Round = { state, left: due.length };
    const prove = (old: number) => proveConsistency(old, head.size, storedNodes(query, rollShard, head.size));
    round = begun;
    for (const asked of due) {
      const done = ask(asked, { note, head, prove })
        .then(cosignature => (cosignature === null ? undefined : keep(begun, cosignature)))
        .catch(error => logger.warn({ err: error }, 'a cosignature could not be kept'))
        .finally(() => {
          begun.left--;
          if (begun.left === 0) end(begun);
          asking.delete(done);
        });
      asking.add(done);
    }
  }

  function end(begun: Round): void {
    if (round === begun) round = null;
  }

  async function ask(asked: Asked, toCosign: ToCosign): Promise<Signature | null> {
    asked.isAsked = true;
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(deadline)]);
      const word = await askWitness(asked, toCosign, asked.size, Math.floor(now() / 1000), signal);
      if (closing.signal.aborted || (await isOvertaken(word))) return null;
      note(asked, word);
      if ('fault' in word) return null;
      asked.size = toCosign.head.size;
      asked.time = now();
      return word.cosignature;
    } finally {
      asked.isAsked = false;
    }
  }

  /** Another replica may have signed more meanwhile, and sent that: then the witness has seen nothing but this ledger. */
  async function isOvertaken(word: WitnessWord): Promise<boolean> {
    if (!('fault' in word) || word.fault !== witnessFault.ahead) return false;
    return ((await readSignedState(query))?.head.size ?? 0) >= (word.size ?? 0);
  }

  function keep(begun: Round, cosignature: Signature): Promise<void> {
    const kept = writing.then(async () => {
      const before = begun.state.note;
      begun.state = { ...begun.state, note: withCosignature(before, cosignature) };
      await writeCosigned(query, before, begun.state.note);
      if (cosignedBy(begun.state.note, verifiers).length < required) return;
      await writeWitnessed(query, begun.state);
      end(begun);
    });
    writing = kept.catch(() => undefined);
    return kept;
  }

  /** Says so once for each change, and leaves a witness that fails alone for a while. */
  function note(asked: Asked, word: WitnessWord): void {
    const found = 'fault' in word ? word : null;
    const before = asked.fault;
    asked.fault = found?.fault ?? null;
    asked.faults = found === null ? 0 : asked.faults + 1;
    asked.after = found === null ? 0 : now() + Math.min(firstPause * 2 ** (asked.faults - 1), longestPause);
    if (before === asked.fault) return;
    const witness = asked.verifier.name;
    if (found === null) logger.info({ witness }, 'a witness cosigns again');
    else if (found.fault === witnessFault.forked || found.fault === witnessFault.ahead)
      logger.fatal({ witness, why: found.why }, 'a witness has cosigned another ledger than this');
    else logger.warn({ witness, url: asked.url, fault: found.fault, why: found.why }, 'a witness does not cosign');
  }

  return {
    async offer(own) {
      if (round !== null || all.length === 0) return;
      const state = await readSignedState(own);
      if (state === null) return;
      const due = all.filter(asked => isDue(asked, state.head.size));
      if (due.length > 0) begin(state, due);
    },
    async close() {
      closing.abort();
      await Promise.all(asking);
    },
  };
}

function askedOf({ url, key }: WitnessConfig, logKeys: readonly KeyObject[]): Asked {
  const parsed = parseVerifierKey(key, signatureType.cosignature);
  const isOwn = logKeys.some(own => createPublicKey(own).equals(parsed.key));
  if (isOwn) {
    throw new OperatorError({
      zh: `见证者 ${parsed.name} 的密钥就是签署台账的密钥；见证者须由他人运行。`,
      en: `The witness ${parsed.name} has the key that signs the ledger: a witness is run by somebody else.`,
    });
  }
  return {
    url,
    verifier: cosignatureVerifier(key),
    isAsked: false,
    size: 0,
    time: 0,
    fault: null,
    faults: 0,
    after: 0,
  };
}
