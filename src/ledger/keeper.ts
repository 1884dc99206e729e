/** Keeps something so by looking now and then: the first look is at once, and after one that went wrong the next comes sooner. */

export interface Keeper {
  /** Whether all was well at the last look. */
  readonly isWell: boolean;
  /** Resolves once a look under way has ended. */
  close(): Promise<void>;
}

/** Milliseconds from one look to the next, and to the one after a look that went wrong. */
export interface Pauses {
  readonly well: number;
  readonly wrong: number;
}

/**
 * Resolves after the first look.
 *
 * @param look throws when something went wrong
 * @param tell is told what, and whether all was well before
 */
export async function openKeeper(
  look: () => Promise<void>,
  pauses: Pauses,
  tell: (error: unknown, wasWell: boolean) => void,
): Promise<Keeper> {
  let isWell = true;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void>;

  async function turn(): Promise<void> {
    try {
      await look();
      isWell = true;
    } catch (error) {
      tell(error, isWell);
      isWell = false;
    }
    timer = setTimeout(again, isWell ? pauses.well : pauses.wrong).unref();
  }

  function again(): void {
    looking = turn();
  }

  looking = turn();
  await looking;
  return {
    get isWell() {
      return isWell;
    },
    async close() {
      await looking;
      clearTimeout(timer);
    },
  };
}
