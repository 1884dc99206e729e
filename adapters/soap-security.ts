/** Proves the gateway to a SOAP system by a UsernameToken (OASIS WS-Security UsernameToken Profile 1.1.1). */
import { createHash, randomBytes } from 'node:crypto';
import type { SoapSettings } from '../schemas/stile/adapters/soap-settings.js';
import { escapeText } from './xml-text.js';

type UsernameToken = NonNullable<SoapSettings['usernameToken']>;

const oasis = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
export const securityNamespace = `${oasis}-wssecurity-secext-1.0.xsd`;
export const utilityNamespace = `${oasis}-wssecurity-utility-1.0.xsd`;
const profile = `${oasis}-username-token-profile-1.0`;
const encoding = `${oasis}-soap-message-security-1.0#Base64Binary`;
const nonceBytes = 16;

/**
 * Makes the header block of one question; each try needs its own, as a system may refuse a nonce that it has seen.
 *
 * @param envelope prefix of the envelope's namespace where the block stands
 */
export function securityBlock({ user, password, type }: UsernameToken, envelope: string): string {
  const nonce = randomBytes(nonceBytes);
  const created = new Date().toISOString();
  const kind = type === 'digest' ? 'PasswordDigest' : 'PasswordText';
  const shown = type === 'digest' ? passwordDigest(nonce, created, password) : password;
  return [
    `<wsse:Security xmlns:wsse="${securityNamespace}" xmlns:wsu="${utilityNamespace}" ${envelope}:mustUnderstand="1">`,
    `<wsse:UsernameToken><wsse:Username>${escapeText(user)}</wsse:Username>`,
    `<wsse:Password Type="${profile}#${kind}">${escapeText(shown)}</wsse:Password>`,
    `<wsse:Nonce EncodingType="${encoding}">${nonce.toString('base64')}</wsse:Nonce>`,
    `<wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`,
  ].join('');
}

/** Section 3.1: Base64 of SHA-1 over nonce, time of creation and password. */
const passwordDigest = (nonce: Buffer, created: string, password: string): string =>
  createHash('sha1').update(nonce).update(created).update(password).digest('base64');
