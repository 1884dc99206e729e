/** The keys that sign checkpoints: files in the key folder, never in the database, so that who can write there can sign nothing. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RollSettings } from '../registry/settings.js';
import { writeSecretFile } from '../secret-file.js';

/** A file's name, `0001.pem`; the highest number is the newest key. */
const keyFile = /^(\d{4})\.pem$/;

/** The folder of these keys within the data folder. */
export const logKeyFolder = (data: string): string => join(data, 'keys', 'ledger');

/**
 * The keys that sign: those that config names, or else the data folder's.
 *
 * @returns oldest first, at least one
 * @throws when one is no Ed25519 key in PEM
 */
export const logKeysOf = ({ signingKeys }: RollSettings, folder: string): readonly KeyObject[] =>
  signingKeys === undefined
    ? readLogKeys(folder)
    : signingKeys.map((pem, at) => logKey(pem, `ledger.signingKeys[${at}]`));

/** A new private key, PKCS 8 in PEM. */
export const newLogKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/**
 * The keys of a folder, oldest first: all of them sign, so that whoever knows an old one can follow to the new.
 *
 * @param folder made, with a first key in it, when there is none
 * @throws with the file's name when it holds no Ed25519 key in PEM; never with its content
 */
export function readLogKeys(folder: string): readonly KeyObject[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (keyFiles(folder).length === 0) writeKey(folder, 1);
  return keyFiles(folder).map(name => readLogKey(join(folder, name)));
}

/** Adds a key to a folder. @returns its file's name */
export function addLogKey(folder: string): string {
  readLogKeys(folder);
  for (;;) {
    const newest = Number(keyFile.exec(keyFiles(folder).at(-1) ?? '')?.[1]);
    if (writeKey(folder, newest + 1)) return fileOf(newest + 1);
  }
}

const keyFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter(name => keyFile.test(name))
    .sort();

const fileOf = (number: number): string => `${String(number).padStart(4, '0')}.pem`;

/** @returns false when there is such a file */
const writeKey = (folder: string, number: number): boolean =>
  writeSecretFile(join(folder, fileOf(number)), newLogKey());

const readLogKey = (file: string): KeyObject => logKey(readFileSync(file), file);

function logKey(pem: string | Buffer, place: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below, without what it is.
  }
  throw new Error(`${place}: not a private key of Ed25519 in PEM`);
}
