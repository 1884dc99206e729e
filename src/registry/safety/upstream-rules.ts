/** Judges how the gateway reaches departments' systems: whether anybody on the way can read, change or pretend. */
import type { ReadConfigFile } from '../../../adapters/adapter.js';
import type { DepartmentFile } from '../../../schemas/stile/department.js';
import { adapterKinds } from '../adapter-kinds.js';
import { below, valueAt } from '../fault.js';
import { holdsReference } from '../reference.js';
import type { Judged } from './judged.js';
import type { SafetyRuleId } from './safety-rule.js';

/** Settings that are addresses, of whichever adapter. */
const addresses = ['/baseUrl', '/authentication/oauth2/tokenUrl', '/authentication/sharingPlatform/secretUrl'];

/** Kinds whose systems may let anybody in. */
const askByHttp = new Set(['http', 'soap', 'x-road']);
/** Any of these proves who asks. */
const proofs = ['/authentication', '/usernameToken', '/tls/identity'];

/**
 * @param file with references resolved where that was asked for
 * @param readFile reads what settings name, below the config folder
 */
export function upstreamRules({ adapters = {} }: DepartmentFile, readFile: ReadConfigFile): Judged[] {
  return Object.entries(adapters).flatMap(([id, { kind, settings }]) => {
    const base = below('/adapters', id, 'settings');
    const has = (path: string): boolean => valueAt(settings, path) !== undefined;
    const say = (rule: SafetyRuleId, path: string, when: boolean): Judged[] =>
      when ? [{ rule, pointer: base + path }] : [];
    return [
      ...say('STILE-S010', '/unverifiedTls', has('/unverifiedTls')),
      ...addresses.flatMap(path => plain(valueAt(settings, path), base + path)),
      ...say('STILE-S012', '/unencrypted', has('/unencrypted') && !isHere(String(valueAt(settings, '/host')))),
      ...say('STILE-S013', '', askByHttp.has(kind) && !proofs.some(has)),
      ...say('STILE-S014', '/authentication/queryKey', has('/authentication/queryKey')),
      ...say('STILE-S015', '/authentication/basic', has('/authentication/basic')),
      ...say('STILE-S015', '/usernameToken/type', valueAt(settings, '/usernameToken/type') === 'text'),
      ...say(
        'STILE-S016',
        '/authentication/sharingPlatform',
        has('/authentication/sharingPlatform') && !has('/tls/identity'),
      ),
      ...elsewhere(
        valueAt(settings, '/baseUrl'),
        adapterKinds.get(kind)?.addresses?.(settings, readFile) ?? [],
        `${base}/baseUrl`,
      ),
    ];
  });
}

const plain = (address: unknown, pointer: string): Judged[] => {
  if (typeof address === 'string' && holdsReference(address)) return [{ rule: 'STILE-S011', pointer, isOpen: true }];
  return isPlainBeyond(address) ? [{ rule: 'STILE-S011', pointer }] : [];
};

/** Where the system's own description has other addresses than config, and none that is config's. */
function elsewhere(baseUrl: unknown, described: readonly string[], pointer: string): Judged[] {
  // What is no URL is a gap that somebody was to fill.
  const addresses = described.filter(address => URL.canParse(address)).map(address => new URL(address));
  if (addresses.length === 0 || typeof baseUrl !== 'string') return [];
  if (holdsReference(baseUrl)) return [{ rule: 'STILE-S017', pointer, isOpen: true }];
  if (!URL.canParse(baseUrl)) return [];
  const { origin, hostname, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/$/, '');
  const isSame = (address: URL): boolean => address.origin === origin && `${address.pathname}/`.startsWith(`${path}/`);
  // On this machine is what leads there, such as a tunnel.
  if (isHere(hostname) || addresses.some(isSame)) return [];
  return [{ rule: 'STILE-S017', pointer, names: addresses.map(address => address.origin + address.pathname) }];
}

/** Whether an address is plain HTTP and leads beyond this machine; one that is not resolved is not judged. */
export function isPlainBeyond(address: unknown): boolean {
  if (typeof address !== 'string' || holdsReference(address) || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !isHere(hostname);
}

/** Loopback (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3; RFC 6761, section 6.3), or a socket of this machine. */
const isHere = (host: string): boolean =>
  host.startsWith('/') ||
  /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d+){3}|\[?::1\]?)$/.test(host) ||
  holdsReference(host);
