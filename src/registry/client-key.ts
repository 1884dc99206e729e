/** Checks the public keys of clients: sound, strong enough, nobody else's, and no sample key outside the sandbox. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { DepartmentFile, PublicKey } from '../../schemas/stile/department.js';
import { sandboxPublicKey } from '../identity/sandbox-key.js';
import { below, type Fault, type Finding, rule } from './fault.js';
import { gathered, inSlices } from './slices.js';
import type { Source } from './source.js';

export interface DepartmentKeys {
  readonly places: Pick<Source, 'fault'>;
  readonly file: Pick<DepartmentFile, 'id' | 'clients'>;
}

type Jwk = Readonly<Record<string, unknown>>;

/** Algorithms by key type and what a key must be to be used with one. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  EC: ['ES256'],
  OKP: ['EdDSA', 'Ed25519'],
  RSA: ['PS256'],
};

/** Sample staff keys are as public as sample clients'. */
const sampleIds = ['staff/operator', 'staff/officer', 'staff/security', 'staff/auditor'];

interface HeldKey {
  readonly places: DepartmentKeys['places'];
  /** `department/client` */
  readonly id: string;
  readonly key: PublicKey;
  readonly pointer: string;
}

/**
 * @param departments all of them, as a key may be another department's
 * @param sandbox true where sample keys are accepted
 */
export async function clientKeyFaults(departments: readonly DepartmentKeys[], sandbox: boolean): Promise<Fault[]> {
  const held = departments.flatMap(keysIn);
  const samples = new Set<string>();
  await inSlices(sandbox ? [] : [...new Set(held.map(({ id }) => id)), ...sampleIds], id => samples.add(sampleOf(id)));
  const owners = new Map<string, string>();
  const names = new Set<string>();
  return gathered(held, ({ places, id, key, pointer }) => {
    const jwk: Jwk = { ...key };
    const unsound = sound.has(key) ? undefined : soundness(jwk);
    if (unsound !== undefined) return [places.fault({ ...unsound, pointer })];
    sound.add(key);
    const print = fingerprint(jwk);
    const findings: Finding[] = [];
    const owner = owners.get(print);
    if (owner !== undefined) findings.push({ ...shared(owner), pointer });
    owners.set(print, owner ?? id);
    if (samples.has(print)) findings.push({ ...sample, pointer });
    const name = `${id} ${String(jwk.kid)}`;
    if (jwk.kid !== undefined && names.has(name)) findings.push({ ...sameName, pointer: below(pointer, 'kid') });
    names.add(name);
    return findings.map(places.fault);
  });
}

const keysIn = ({ places, file }: DepartmentKeys): HeldKey[] =>
  Object.entries(file.clients ?? {}).flatMap(([client, { keys }]) =>
    keys.map((key, index) => ({
      places,
      id: `${file.id}/${client}`,
      key,
      pointer: below('/clients', client, 'keys', index),
    })),
  );

/** Keys that were found sound. */
const sound = new WeakSet<PublicKey>();

const samplePrints = new Map<string, string>();

/** The fingerprint of a client's sample key, which takes a while to derive. */
function sampleOf(id: string): string {
  const print = samplePrints.get(id) ?? fingerprint({ ...sandboxPublicKey(id) });
  samplePrints.set(id, print);
  return print;
}

/** What makes two JWKs the same key, whatever their other members say (RFC 7638, section 3.2). */
const fingerprint = ({ kty, crv, x, y, n, e }: Jwk): string => JSON.stringify([kty, crv, x, y, n, e]);

type Blame = Omit<Finding, 'pointer'>;

function soundness(jwk: Jwk): Blame | undefined {
  const usable = algorithms[String(jwk.kty)] ?? [];
  if (jwk.alg !== undefined && !usable.includes(String(jwk.alg))) {
    return {
      rule: rule.keyInvalid,
      message: { zh: 'alg 与密钥类型不符', en: 'the alg does not go with this type of key' },
      fix: { zh: `应为 ${usable.join(' 或 ')}`, en: `write ${usable.join(' or ')}` },
    };
  }
  let bits: number | undefined;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    bits = key.asymmetricKeyDetails?.modulusLength;
  } catch {
    return {
      rule: rule.keyInvalid,
      message: { zh: '这不是有效的公钥', en: 'this is no valid public key' },
      fix: {
        zh: '从密钥对重新导出公钥 JWK（P-256、Ed25519 或 RSA）',
        en: 'export the public JWK anew from the pair (P-256, Ed25519 or RSA)',
      },
    };
  }
  if (bits === undefined || bits >= 2048) return undefined;
  return {
    rule: rule.keyInvalid,
    message: { zh: `RSA 密钥只有 ${bits} 位`, en: `the RSA key has only ${bits} bits` },
    fix: { zh: '至少 2048 位', en: 'at least 2048 bits' },
  };
}

const shared = (owner: string): Blame => ({
  rule: rule.keyShared,
  message: { zh: `${owner} 已在用这把公钥`, en: `${owner} has this key already` },
  fix: { zh: '每个调用系统各用自己的密钥，且只列一次', en: 'give each client a key of its own, and list it once' },
});

const sample: Blame = {
  rule: rule.keyOfSandbox,
  message: { zh: '这是沙箱的示例密钥，人人都能推算', en: 'this is a sample key, which anybody can derive' },
  fix: { zh: '换成调用系统自己的公钥', en: "put the client's own public key" },
};

const sameName: Blame = {
  rule: rule.duplicateId,
  message: { zh: 'kid 重复', en: 'the kid is used twice' },
  fix: { zh: '每把密钥用不同的 kid', en: 'give each key its own kid' },
};
