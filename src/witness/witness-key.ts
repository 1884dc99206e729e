/** A witness's own key: name and Ed25519 seed on one line, in the form that golang.org/x/mod/sumdb/note gives a signer's key. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readBase64 } from '../ledger/base64.js';
import { formatVerifierKey, noteKey, signatureType } from '../ledger/note-key.js';
import { OperatorError } from '../operator-error.js';
import { writeSecretFile } from '../secret-file.js';

export interface WitnessKey {
  readonly name: string;
  readonly privateKey: KeyObject;
}

const seedLength = 32;
const keyForm = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)\n?$/;

/** What logs and those who verify them are told of a witness: `<name>+<id>+<key>`, of signature type 0x04. */
export const witnessVerifierKey = ({ name, privateKey }: WitnessKey): string =>
  formatVerifierKey(noteKey(name, signatureType.cosignature, privateKey));

/**
 * Makes a key, in a file for its owner alone.
 *
 * @throws {OperatorError} when there is such a file, or nothing can have that name
 */
export function makeWitnessKey(file: string, name: string): WitnessKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const id = idOf(name, privateKey);
  if (id === null) {
    throw new OperatorError({
      zh: `“${name}”不能作密钥名称：不得为空，不得含空格与加号。`,
      en: `"${name}" cannot be the name of a key: it must not be empty and has no space and no plus.`,
    });
  }
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const bytes = Buffer.concat([Buffer.of(signatureType.cosignature), seed]);
  if (!writeSecretFile(file, `PRIVATE+KEY+${name}+${id}+${bytes.toString('base64')}\n`)) {
    throw new OperatorError({
      zh: `${file} 已存在，未作更改。`,
      en: `${file} is there already; nothing was changed.`,
    });
  }
  return { name, privateKey };
}

/** @throws {OperatorError} with the file's name when it holds no such key; never with its content */
export function readWitnessKey(file: string): WitnessKey {
  const [, name = '', id = '', base64 = ''] = keyForm.exec(readText(file)) ?? [];
  const bytes = readBase64(base64);
  if (bytes?.length === 1 + seedLength && bytes[0] === signatureType.cosignature) {
    const privateKey = keyOfSeed(bytes.subarray(1));
    if (id === idOf(name, privateKey)) return { name, privateKey };
  }
  throw new OperatorError({
    zh: `${file} 不是见证者的密钥文件；可用 stile witness --new-key 生成。`,
    en: `${file} is not the key file of a witness; stile witness --new-key makes one.`,
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { message } = cause as Error;
    throw new OperatorError({ zh: `无法读取密钥：${message}`, en: `The key cannot be read: ${message}` }, { cause });
  }
}

/** RFC 8410, section 7: what stands before the seed in PKCS #8. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyOfSeed = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });

function idOf(name: string, key: KeyObject): string | null {
  try {
    return noteKey(name, signatureType.cosignature, key).id;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
