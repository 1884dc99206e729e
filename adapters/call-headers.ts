/** Tells a department's system of the call in headers: the record's id, the trace, and what else config names a header for. */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import type { Call } from './adapter.js';

type Names = NonNullable<HttpSettings['callHeaders']>;

const defaults: Names = { requestId: 'x-request-id', traceparent: 'traceparent' };

/** What the gateway knows of the call under the name that config gives it, in config's order. */
export function compileCallNames(names: Names): (call: Call) => readonly (readonly [name: string, value: string])[] {
  const told = (Object.keys(names) as (keyof Names)[]).map(key => ({ key, name: names[key] ?? key }));
  return call => {
    const known: (readonly [string, string])[] = [];
    for (const { key, name } of told) {
      const value = call[key];
      if (value !== undefined) known.push([name, value]);
    }
    return known;
  };
}

/** Adds them to a question's headers, names and values in turn. */
export function compileCallHeaders(names: Names = defaults): (call: Call, made: string[]) => void {
  const tell = compileCallNames(names);
  return (call, made) => {
    for (const [name, value] of tell(call)) made.push(name, headerText(value));
  };
}

/** Visible ASCII and spaces stay; all else, and `%` itself, is percent-encoded as UTF-8, so that no value ends its header. */
export const headerText = (text: string): string =>
  /[^\x20-\x24\x26-\x7e]/.test(text) ? text.replace(/[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent) : text;
