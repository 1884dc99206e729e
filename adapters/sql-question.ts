/** Makes the values that a statement asks with from the contract's request, as config declares: bound, never written. */
import type { SqlService } from '../schemas/stile/adapters/sql-service.js';
import type { JsonObject } from './adapter.js';
import { compileLaterMapping, pointerTo } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import { ruleFault } from './rule-fault.js';
import type { SqlValue } from './sql-driver.js';
import { parseStatement, type Statement } from './sql-statement.js';

/** By the parameters' names; a fault never holds a value. */
export type Values = { readonly values: ReadonlyMap<string, SqlValue> } | { readonly fault: string };

export interface SqlQuestion {
  readonly statement: Statement;
  readonly values: (request: JsonObject) => Promise<Values>;
}

/** Compiles a service's settings once. */
export function compileSqlQuestion({ statement, parameters = {} }: SqlService, scope: MappingScope): SqlQuestion {
  const named = Object.keys(parameters);
  const parsed = parseStatement(statement, named, scope.report);
  for (const name of named) {
    if (!parsed.names.includes(name)) scope.report(pointerTo('/parameters', name), ruleFault.unusedParameter);
  }
  const makers = [...new Set(parsed.names)].map(name => {
    const mapping = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return [name, compileLaterMapping(mapping ?? name, scope, pointerTo('/parameters', name))] as const;
  });
  return {
    statement: parsed,
    async values(request) {
      const values = new Map<string, SqlValue>();
      for (const [name, make] of makers) {
        const made = await make(request, request);
        if ('fault' in made) return { fault: `parameter ${name}: ${made.fault}` };
        const value = made.value ?? null;
        if (!isSqlValue(value)) return { fault: `parameter ${name} is not one value` };
        // Half a surrogate pair would reach the database as another character.
        if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) return { fault: `parameter ${name} is no text` };
        values.set(name, value);
      }
      return { values };
    },
  };
}

const isSqlValue = (value: unknown): value is SqlValue => value === null || typeof value !== 'object';
