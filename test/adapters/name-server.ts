/** A DNS server of a test's own (RFC 1035): it answers with the addresses that the test decides, and counts what it is asked. */
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { isIPv4, isIPv6 } from 'node:net';
import type { Test } from 'tap';
import type { FindAddresses } from '../../adapters/address-guard.js';

const types = { a: 1, aaaa: 28 } as const;

/** @param answer told how many questions for IPv4 addresses came before */
export async function nameServer(t: Test, answer: (name: string, before: number) => readonly string[]) {
  const asked: string[] = [];
  const server = createSocket('udp4');
  server.on('message', (message, { port, address }) => {
    const { name, end } = nameIn(message);
    const type = message.readUInt16BE(end);
    const before = asked.filter(one => one === name).length;
    if (type === types.a) asked.push(name);
    const fits = type === types.a ? isIPv4 : isIPv6;
    const records = answer(name, type === types.a ? before : before - 1).filter(found => fits(found));
    server.send(replyTo(message.subarray(0, end + 4), type, records), port, address);
  });
  await new Promise<void>(resolve => server.bind(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise<void>(resolve => server.close(resolve)));
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  const findAddresses: FindAddresses = async (name, _, done) => {
    const v4 = await resolver.resolve4(name).catch(() => []);
    const v6 = await resolver.resolve6(name).catch(() => []);
    const found = [...v4.map(address => ({ address, family: 4 })), ...v6.map(address => ({ address, family: 6 }))];
    done(null, found);
  };
  return { findAddresses, asked };
}

/** The name that a question is about, and where it ends. */
function nameIn(message: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function replyTo(question: Buffer, type: number, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question);
  // An answer, recursion available, one question, so many answers, nothing more.
  head.writeUInt16BE(0x8180, 2);
  for (const [at, count] of [1, addresses.length, 0, 0].entries()) head.writeUInt16BE(count, 4 + 2 * at);
  const records = addresses.map(address => {
    const data = bytesOf(address);
    const record = Buffer.alloc(12);
    // The question's own name; the Internet's class; good for no time at all.
    for (const [at, value] of [0xc00c, type, 1, 0, 0, data.length].entries()) record.writeUInt16BE(value, 2 * at);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...records]);
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // As the URL standard writes it: no IPv4 notation within.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = '', right] = plain.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map(group => Number(`0x${group}`)));
  const [before, after] = [groups(left), groups(right ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap(group => [group >> 8, group & 255]));
}
