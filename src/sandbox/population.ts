/** The fictitious city: over 10,000 residents, their households and marriages, the same ones wherever it is generated. */
import { fill } from './families.js';
import { randomFrom } from './random.js';
import { openRegister } from './register.js';
import type { Household, Marriage, Resident } from './resident.js';
import { enterSamples } from './samples.js';

export interface Population {
  /** By resident identity number. */
  readonly residents: ReadonlyMap<string, Resident>;
  readonly households: readonly Household[];
  readonly marriages: readonly Marriage[];
}

const seed = 440_300;
const size = 12_000;

/** Generates the whole population; takes some tens of milliseconds. */
export function populate(): Population {
  const random = randomFrom(seed);
  const register = openRegister(random);
  enterSamples(register);
  fill(random, register, size);
  return register;
}

/** The same, generated when somebody asks for any of it. */
export function populationWhenAsked(): Population {
  let generated: Population | undefined;
  const population = (): Population => {
    generated ??= populate();
    return generated;
  };
  return {
    get residents() {
      return population().residents;
    },
    get households() {
      return population().households;
    },
    get marriages() {
      return population().marriages;
    },
  };
}
