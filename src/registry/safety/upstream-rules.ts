/** Judges how the gateway reaches departments' systems: whether anybody on the way can read, change or pretend. */
import type { DepartmentFile } from '../../../schemas/stile/department.js';
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

/** @param file with references resolved where that was asked for */
export function upstreamRules({ adapters = {} }: DepartmentFile): Judged[] {
  return Object.entries(adapters).flatMap(([id, { kind, settings }]) => {
    const base = below('/adapters', id, 'settings');
    const has = (path: string): boolean => valueAt(settings, path) !== undefined;
    const say = (rule: SafetyRuleId, path: string, when: boolean): Judged[] =>
      when ? [{ rule, pointer: base + path }] : [];
    return [
      ...say('STILE-S010', '/unverifiedTls', has('/unverifiedTls')),
      ...addresses.flatMap(path => say('STILE-S011', path, isPlainBeyond(valueAt(settings, path)))),
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
    ];
  });
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
