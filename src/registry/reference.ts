/** References to what a file must not hold itself: `${env:NAME}` and `${file:path}`, in any string of config. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { below, type Finding, rule } from './fault.js';

const anyReference = /\$\{([^}]*)\}?/g;
/** One reference and nothing else. */
export const goodReference = /^\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^}]+)\}$/;

export type Environment = Readonly<Record<string, string | undefined>>;

export const holdsReference = (value: unknown): boolean => typeof value === 'string' && value.includes('${');

/** True for a string that is one reference and nothing else, as a secret must be. */
export const isReference = (value: unknown): boolean => typeof value === 'string' && goodReference.test(value);

/** The references in a value that are written wrong, wherever they are. */
export function wrongReferences(value: unknown, pointer = ''): Finding[] {
  if (typeof value === 'string') {
    return [...value.matchAll(anyReference)]
      .filter(([reference]) => !goodReference.test(reference))
      .map(() => ({
        rule: rule.reference,
        pointer,
        message: { zh: '引用写法不对', en: 'this reference is not written right' },
        fix: {
          zh: `写成 \${env:NAME} 或 \${file:path}`,
          en: `write \${env:NAME} or \${file:path}`,
        },
      }));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => wrongReferences(held, below(pointer, key)));
}

/** The references in a value, each as it is written. */
export function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('${') ? (value.match(anyReference) ?? []) : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(referencesIn);
}

/** What a reference stands for; undefined where it is written wrong, or leads to nothing. */
export function standsFor(reference: string, environment: Environment, folder: string): string | undefined {
  if (!goodReference.test(reference)) return undefined;
  const [, kind = '', name = ''] = /^\$\{(env|file):(.*)\}$/.exec(reference) ?? [];
  const found = kind === 'env' ? environment[name] : contentOf(resolve(folder, name));
  return found === '' ? undefined : found;
}

/**
 * The value with every reference replaced by what it stands for; parts that hold none are taken as they are, not copied.
 *
 * @param folder relative paths of `${file:…}` begin here
 * @returns the value, and a finding for each reference that leads nowhere; neither a finding nor a log ever has what was found
 */
export function resolveReferences(
  value: unknown,
  environment: Environment,
  folder: string,
  pointer = '',
): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const copy = (held: unknown, at: string): unknown => {
    if (typeof held === 'string') {
      return held.includes('${') ? held.replace(anyReference, reference => lookUp(reference, at)) : held;
    }
    if (!holdsAny(held)) return held;
    const members = Object.entries(held);
    const made = members.map(([key, item]) => copy(item, below(at, key)));
    if (members.every(([, item], index) => item === made[index])) return held;
    return Array.isArray(held) ? made : Object.fromEntries(members.map(([key], index) => [key, made[index]]));
  };
  const lookUp = (reference: string, at: string): string => {
    if (!goodReference.test(reference)) return reference;
    const found = standsFor(reference, environment, folder);
    if (found !== undefined) return found;
    const [, kind = '', name = ''] = /^\$\{(env|file):(.*)\}$/.exec(reference) ?? [];
    findings.push(
      kind === 'env'
        ? {
            rule: rule.unresolved,
            pointer: at,
            message: { zh: `环境变量 ${name} 未设置`, en: `the environment variable ${name} is not set` },
            fix: {
              zh: `在网关的环境里设置 ${name} 后重新启动，或改用 \${file:path}`,
              en: `set ${name} in the gateway's environment and start it again, or write \${file:path}`,
            },
          }
        : {
            rule: rule.unresolved,
            pointer: at,
            message: { zh: `文件 ${name} 读不到或为空`, en: `the file ${name} cannot be read or is empty` },
            fix: {
              zh: `查看 ${resolve(folder, name)} 是否在、能否读；相对路径从配置目录起`,
              en: `see that ${resolve(folder, name)} is there and may be read; a relative path begins at the config folder`,
            },
          },
    );
    return '';
  };
  return { value: copy(value, pointer), findings };
}

/** Whether a string anywhere in it holds a reference. */
const holdsAny = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some(held => holdsReference(held) || holdsAny(held));

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
