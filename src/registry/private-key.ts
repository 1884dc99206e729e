/** Finds private key material in config, wherever somebody pasted it. */
import { below, type Finding, rule } from './fault.js';
import { isSchema as isObject } from './schema-store.js';

/** Members that make a JWK private (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; RFC 8037, section 2). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Private members of JWKs, and PEM texts (RFC 7468, sections 10 and 11). */
export function privateKeyFindings(value: unknown, pointer = ''): Finding[] {
  if (typeof value === 'string') return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ? [told(pointer)] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => privateKeyFindings(item, below(pointer, index)));
  if (!isObject(value)) return [];
  const isKey = 'kty' in value;
  return Object.entries(value).flatMap(([name, held]) => {
    const at = below(pointer, name);
    return isKey && privateMembers.includes(name)
      ? [{ ...told(at), at: 'key' as const }]
      : privateKeyFindings(held, at);
  });
}

const told = (pointer: string): Finding => ({
  rule: rule.keyPrivate,
  pointer,
  message: { zh: '这是私钥，不该写在配置里', en: 'this is a private key, which config must not hold' },
  fix: {
    zh: '只留公开成员，并更换这对已暴露的密钥',
    en: 'keep the public members only, and replace the pair, which has been exposed',
  },
});
