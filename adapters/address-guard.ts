/** Keeps adapters away from this machine and its network's own addresses: each is judged before it is connected to, whoever named it. */
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/** Finds all addresses of a name. */
export type FindAddresses = (
  name: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

const loopback = 'loopback';

/**
 * What no department's system has for an address (IANA's special-purpose registries), and where clouds keep the secrets of their
 * machines. Private networks (RFC 1918, RFC 4193) are none of these: departments' systems are there.
 */
const guarded: Readonly<Record<string, readonly (readonly [network: string, prefix: number])[]>> = {
  [loopback]: [
    ['127.0.0.0', 8],
    ['::1', 128],
  ],
  unspecified: [
    ['0.0.0.0', 8],
    ['::', 128],
  ],
  'link-local': [
    ['169.254.0.0', 16],
    ['fe80::', 10],
  ],
  'multicast or reserved': [
    ['224.0.0.0', 3],
    ['ff00::', 8],
  ],
  'an address of cloud metadata': [
    ['100.100.100.200', 32],
    ['168.63.129.16', 32],
    ['192.0.0.192', 32],
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
  ],
  // RFC 4291, section 2.5.5.1; RFC 6052; RFC 3056: a translator on the way may take them for the address within.
  'an address within another': [
    ['::', 96],
    ['64:ff9b::', 96],
    ['2002::', 16],
  ],
};

/** An IPv4 address mapped into IPv6 (RFC 4291, section 2.5.5.2) is judged as the one it is. */
const lists = Object.entries(guarded).map(([what, networks]) => {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return { what, list };
});

/** What kind of guarded address it is; undefined for any other. */
export const guardedKind = (address: string): string | undefined =>
  lists.find(({ list }) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))?.what;

/**
 * Looks names up for `net.connect`, which connects to what it is told here and asks nobody again. One guarded address among the
 * answers refuses them all.
 *
 * @param written the host as config has it: `localhost` names loopback
 */
export function guardedLookup(written: string, find: FindAddresses = systemLookup): LookupFunction {
  const named = written.toLowerCase() === 'localhost' ? loopback : undefined;
  return (name, options, callback) => {
    find(name, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) return callback(error ?? refusal(`${name} has no address`), []);
      for (const { address } of found) {
        const kind = guardedKind(address);
        if (kind !== undefined && kind !== named) return callback(refusal(unnamed(name, address, kind)), []);
      }
      return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

/** Why an address that stands in a URL is not connected to: it is a guarded one that config writes in another way, such as `0x7f.1`. */
export function guardedUrl(url: string): string | undefined {
  const address = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const kind = /^[\d.]+$|:/.test(address) ? guardedKind(address) : undefined;
  const written = writtenHost(url);
  return kind === undefined || written === address ? undefined : unnamed(written, address, kind);
}

/** The host as a URL has it, before anything is made of it. */
export const writtenHost = (url: string): string =>
  /^[^:]+:\/\/(?:\[([^\]]*)\]|([^:/?#]*))/
    .exec(url)
    ?.slice(1)
    .find(host => host !== undefined) ?? '';

const unnamed = (host: string, address: string, kind: string): string =>
  `${host} is ${address}, ${kind}, which config does not name as it is`;

const refusal = (message: string): Error => Object.assign(new Error(message), { code: 'ADDRESS_REFUSED' });
