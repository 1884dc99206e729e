/** Checks what config says of witnesses: keys of their own that verify, each once, and no more of them needed than there are. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import type { SettingsFile } from '../../schemas/stile/stile.js';
import { originOf } from '../ledger/checkpoint-signer.js';
import { rollShard } from '../ledger/ledger.js';
import { type NoteKey, parseVerifierKey, signatureType } from '../ledger/note-key.js';
import { below, type Finding, rule } from './fault.js';
import { holdsReference } from './reference.js';
import { releaseLevel } from './registry.js';

/** @param file what of the settings has the right shape; a reference that is not resolved is not judged */
export function witnessFindings({ deployment = '', ledger }: Partial<SettingsFile>): Finding[] {
  const witnesses = ledger?.witnesses ?? [];
  const required = ledger?.witnessPolicy?.required ?? 1;
  const own = (ledger?.signingKeys ?? []).flatMap(publicKeyIn);
  const others: KeyObject[] = [];
  const findings = witnesses.flatMap(({ key: text }, index): Finding[] => {
    if (holdsReference(text)) return [];
    const key = keyIn(text);
    const blame = key === null ? noKey : blameFor(key, own, others, originOf(deployment, rollShard));
    if (key !== null) others.push(key.key);
    return blame === undefined ? [] : [{ ...blame, pointer: below('/ledger/witnesses', index, 'key') }];
  });
  if (witnesses.length === 0 || required <= witnesses.length) return findings;
  return [...findings, tooFew(witnesses.length)];
}

/** The services of a department that wait for witnesses, where there are none. */
export const releaseFindings = ({ services = {} }: Partial<DepartmentFile>): Finding[] =>
  Object.entries(services)
    .filter(([, service]) => service?.release === releaseLevel.witnessed)
    .map(([key]) => ({ ...noWitnesses, pointer: below('/services', key, 'release') }));

type Blame = Omit<Finding, 'pointer'>;

function blameFor(
  { name, key }: NoteKey,
  own: readonly KeyObject[],
  others: readonly KeyObject[],
  origin: string,
): Blame | undefined {
  if (own.some(each => each.equals(key)) || name === origin || name.startsWith(`${origin}/`)) return theLogs;
  return others.some(each => each.equals(key)) ? twice : undefined;
}

function keyIn(text: string): NoteKey | null {
  try {
    return parseVerifierKey(text, signatureType.cosignature);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Nothing, where it is not resolved or none: the start says so. */
function publicKeyIn(pem: string): KeyObject[] {
  try {
    return [createPublicKey(pem)];
  } catch {
    return [];
  }
}

const noKey: Blame = {
  rule: rule.witnessKey,
  message: { zh: '不是见证者的验证密钥', en: 'not the verifier key of a witness' },
  fix: {
    zh: '照见证者所给原样书写，形如 名称+八位十六进制+Base64，签名类型 4',
    en: 'write it as the witness tells it: name, eight hex digits and base64 with plus signs between, of signature type 4',
  },
};

const theLogs: Blame = {
  rule: rule.witnessKey,
  message: { zh: '这是台账自己的密钥或名称', en: 'this is the key, or the name, of the ledger itself' },
  fix: { zh: '见证者须由他人运行，用其自己的密钥', en: 'a witness is run by somebody else, with a key of its own' },
};

const twice: Blame = {
  rule: rule.witnessKey,
  message: { zh: '该见证者已列出', en: 'this witness is listed already' },
  fix: { zh: '每个见证者只列一次', en: 'list each witness once' },
};

const noWitnesses: Blame = {
  rule: rule.releaseLevel,
  message: { zh: '没有见证者', en: 'there are no witnesses' },
  fix: {
    zh: '在 config/stile.yaml 的 ledger.witnesses 列出见证者，或写 checkpointed',
    en: 'list witnesses in ledger.witnesses of config/stile.yaml, or write checkpointed',
  },
};

const tooFew = (count: number): Finding => ({
  rule: rule.witnessPolicy,
  pointer: '/ledger/witnessPolicy/required',
  message: { zh: `只列了 ${count} 个见证者`, en: `more witnesses are needed than are listed, ${count}` },
  fix: { zh: `至多写 ${count}，或增列见证者`, en: `write ${count} at most, or list more witnesses` },
});
