/** A private authority and certificates for tests, written in DER by hand, so that the suite needs no tool beside Node. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** Issues a certificate for a host's name or IPv4 address. */
  issue(name: string, options?: { readonly until?: Date }): Certificate;
}

const from = new Date('2020-01-01T00:00:00Z');
const to = new Date('2120-01-01T00:00:00Z');

/** Makes an authority that nobody trusts yet. */
export function makeAuthority(name: string): Authority {
  const { publicKey, privateKey } = keyPair();
  const issuer = distinguishedName(name);
  const constraints = extension('551d13', sequence(Buffer.from('0101ff', 'hex')));
  return {
    certificate: build({ issuer, subject: issuer, publicKey, until: to, extensions: [constraints] }, privateKey),
    key: pem(privateKey),
    issue(subject, { until = to } = {}) {
      const pair = keyPair();
      const isAddress = /^[\d.]+$/.test(subject);
      const alternative = isAddress
        ? tlv(0x87, Buffer.from(subject.split('.').map(Number)))
        : tlv(0x82, Buffer.from(subject));
      const extensions = [extension('551d11', sequence(alternative))];
      const fields = { issuer, subject: distinguishedName(subject), publicKey: pair.publicKey, until, extensions };
      return { certificate: build(fields, privateKey), key: pem(pair.privateKey) };
    },
  };
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string =>
  createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }))
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

interface Fields {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly until: Date;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, section 4.1, signed with ECDSA and SHA-256. */
function build({ issuer, subject, publicKey, until, extensions }: Fields, signer: KeyObject): string {
  const algorithm = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const serial = tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const validity = sequence(generalizedTime(from), generalizedTime(until));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const rest = tlv(0xa3, sequence(...extensions));
  const body = sequence(version, serial, algorithm, issuer, validity, subject, spki, rest);
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)]));
  const lines =
    sequence(body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const extension = (oid: string, value: Buffer): Buffer =>
  sequence(tlv(0x06, Buffer.from(oid, 'hex')), tlv(0x04, value));

const distinguishedName = (commonName: string): Buffer =>
  sequence(tlv(0x31, sequence(tlv(0x06, Buffer.from('550403', 'hex')), tlv(0x0c, Buffer.from(commonName)))));

const generalizedTime = (time: Date): Buffer =>
  tlv(0x18, Buffer.from(`${time.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`));

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));

/** Tag, length, value (X.690, section 8.1). */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}
