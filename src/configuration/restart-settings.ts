/** Settings that a gateway cannot change while it runs: its parts were opened with them. */
import { isDeepStrictEqual } from 'node:util';
import { below, valueAt } from '../registry/fault.js';
import type { Registry } from '../registry/registry.js';
import type { Text } from '../text.js';

/** Each with all that is below it, as pointers into config/stile.yaml. */
const restartSettings = ['/deployment', '/sandbox', '/identity', '/ledger', '/exchange/trustedProxies'] as const;

/** The pointers of such settings that have moved. */
export function movedSettings(running: Registry, next: Registry): readonly string[] {
  const [before, after] = [running, next].map(({ deployment, sandbox, settings }) => ({
    deployment,
    sandbox,
    ...settings,
  }));
  return restartSettings.flatMap(pointer => moved(valueAt(before, pointer), valueAt(after, pointer), pointer));
}

/** Of the smallest parts that differ. */
export function moved(before: unknown, after: unknown, pointer: string): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isPlain(before) || !isPlain(after)) return [pointer];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap(name => moved(before[name], after[name], below(pointer, name)));
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Never quotes the value, which may be a key. */
export const restartText: { readonly message: Text; readonly fix: Text } = {
  message: { zh: '运行中的网关不能更改这一项', en: 'a running gateway cannot change this' },
  fix: { zh: '改回原样，或重启网关使其生效', en: 'take it back, or restart the gateway to have it' },
};
