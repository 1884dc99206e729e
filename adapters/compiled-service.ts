/** Compiles the settings of each service once, with its first question: what the check of config has accepted compiles. */
import type { JsonObject } from './adapter.js';
import type { RuleFault } from './rule-fault.js';

/**
 * @param compile a service's own settings; told of a fault, it is one that the check should have found
 * @returns what was made of settings: the same for the same frozen object
 */
export function compiledOnce<Compiled>(
  compile: (ask: JsonObject, report: (pointer: string, fault: RuleFault) => void) => Compiled,
): (ask: JsonObject) => Compiled {
  const services = new WeakMap<JsonObject, Compiled>();
  return ask => {
    const known = services.get(ask);
    if (known !== undefined) return known;
    const made = compile(ask, (pointer, fault) => {
      throw new Error(`${fault} at ${pointer}, which the check of config should have refused`);
    });
    services.set(ask, made);
    return made;
  };
}
