/** How a department's system stands with the gateway, from what its adapter was asked: for operators, and without any value. */
import { type Answer, type Failure, type FailureKind, failure, isFailure } from '../../adapters/adapter.js';
import { Latency, type Quantiles } from './latency.js';

export interface Failed {
  readonly failure: FailureKind;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** What came of the last probe. */
export interface Probed {
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Absent when the system can be reached. */
  readonly failure?: FailureKind;
}

/** All since the adapter was opened, but for the latency. */
export interface Account {
  readonly answered: number;
  /** RFC 3339, UTC. */
  readonly lastAnswer?: string;
  /** How often it failed, by kind; those that the gateway turned away are not among them. */
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  readonly lastFailure?: Failed;
  /** Questions that the gateway did not put to it, as too many were under way, or it was left alone. */
  readonly turnedAway: number;
  /** Answers that broke the contract. */
  readonly breaches: number;
  readonly latency?: Quantiles;
  /** The newest time at which its data was true, as it says itself. */
  readonly asOf?: string;
  readonly probe?: Probed;
}

const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Counts what one adapter is asked. */
export class Standing {
  #latency: Latency | undefined;
  readonly #failed = new Map<FailureKind, number>();
  #answered = 0;
  #lastAnswer = 0;
  #lastFailure: { readonly failure: FailureKind; readonly time: number } | undefined;
  #turnedAway = 0;
  #breaches = 0;
  #asOf: string | undefined;
  #probed: Probed | undefined;
  #isFailing: boolean | undefined;

  /**
   * Whether the last question came to nothing; undefined before the first. Who only rejects one is there, and what a
   * composite's parts come to is theirs.
   */
  get isFailing(): boolean | undefined {
    return this.#isFailing;
  }

  /** @param begun on the monotonic clock */
  tellAsked(found: Answer | Failure, begun: number): void {
    const end = performance.now();
    this.#latency ??= new Latency(begun);
    this.#latency.add(end - begun, end);
    const time = Date.now();
    this.#isFailing = isFailure(found) && found.failure !== failure.rejected && found.failure !== failure.parts;
    if (isFailure(found)) {
      this.#failed.set(found.failure, (this.#failed.get(found.failure) ?? 0) + 1);
      this.#lastFailure = { failure: found.failure, time };
    } else {
      this.#answered++;
      this.#lastAnswer = time;
      if (found.asOf !== undefined) this.#asOf = found.asOf;
    }
  }

  tellTurnedAway(): void {
    this.#turnedAway++;
  }

  tellBreach(): void {
    this.#breaches++;
  }

  tellProbed(found: Failure | null): void {
    this.#probed = { at: timeText(Date.now()), ...(found === null ? {} : { failure: found.failure }) };
  }

  account(): Account {
    const latency = this.#latency?.quantiles(performance.now());
    return {
      answered: this.#answered,
      ...(this.#answered === 0 ? {} : { lastAnswer: timeText(this.#lastAnswer) }),
      failed: Object.fromEntries(this.#failed),
      ...(this.#lastFailure && {
        lastFailure: { failure: this.#lastFailure.failure, at: timeText(this.#lastFailure.time) },
      }),
      turnedAway: this.#turnedAway,
      breaches: this.#breaches,
      ...(latency && { latency }),
      ...(this.#asOf === undefined ? {} : { asOf: this.#asOf }),
      ...(this.#probed && { probe: this.#probed }),
    };
  }
}
