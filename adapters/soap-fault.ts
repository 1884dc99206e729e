/** What a SOAP fault says went wrong, by config's lists and by the codes that SOAP and WS-Security define. */
import type { SoapService } from '../schemas/stile/adapters/soap-service.js';
import { type FailureKind, failure } from './adapter.js';
import { type Meaning, meaningsOf } from './reading.js';
import type { SoapVersion } from './soap-version.js';
import type { XmlElement } from './xml-tree.js';

/** SOAP 1.1, section 4.4.1; SOAP 1.2 part 1, section 5.4.6; WS-Security 1.1.1, section 12. A code may go on after a dot. */
const standard: Readonly<Record<string, FailureKind>> = {
  Client: failure.rejected,
  Sender: failure.rejected,
  VersionMismatch: failure.rejected,
  MustUnderstand: failure.rejected,
  DataEncodingUnknown: failure.rejected,
  Server: failure.failing,
  Receiver: failure.failing,
  FailedAuthentication: failure.denied,
  FailedCheck: failure.denied,
  InvalidSecurity: failure.denied,
  InvalidSecurityToken: failure.denied,
  MessageExpired: failure.denied,
  SecurityTokenUnavailable: failure.denied,
  UnsupportedSecurityToken: failure.denied,
};

export interface FaultSaid {
  readonly meaning: Exclude<Meaning, 'answer'>;
  /** Quotes a code only where config or a standard has it. */
  readonly detail: string;
}

/** Compiles a service's settings once. */
export function compileFault(faults: SoapService['faults'], version: SoapVersion): (fault: XmlElement) => FaultSaid {
  const { from, ...lists } = faults ?? {};
  const listed = meaningsOf(lists);
  return fault => {
    const codes = version.number === '1.1' ? codes11(fault) : codes12(fault, version.namespace);
    const own = from === undefined ? undefined : inDetail(fault, version, from.split('.'));
    for (const code of own === undefined ? codes : [own, ...codes]) {
      const meaning = listed.get(code);
      if (meaning !== undefined && meaning !== 'answer') return { meaning, detail: `fault ${code}` };
    }
    for (const code of codes) {
      const [first = ''] = code.split('.');
      if (Object.hasOwn(standard, first))
        return { meaning: standard[first] ?? failure.failing, detail: `fault ${first}` };
    }
    return { meaning: failure.failing, detail: 'a fault of no known code' };
  };
}

const withoutPrefix = (code: string): string => code.slice(code.indexOf(':') + 1);

/** The one code, such as `Client` or `Client.Quota`. */
function codes11(fault: XmlElement): string[] {
  const code = fault.children.find(({ namespace, name }) => namespace === '' && name === 'faultcode')?.text;
  return code === undefined ? [] : [withoutPrefix(code)];
}

/** The innermost subcode first, the code last. */
function codes12(fault: XmlElement, namespace: string): string[] {
  const child = (of: XmlElement | undefined, name: string) =>
    of?.children.find(one => one.namespace === namespace && one.name === name);
  const codes: string[] = [];
  for (let at = child(fault, 'Code'); at !== undefined; at = child(at, 'Subcode')) {
    const value = child(at, 'Value');
    if (value !== undefined) codes.unshift(withoutPrefix(value.text));
  }
  return codes;
}

/** The text at a path of local names in the fault's detail. */
function inDetail(fault: XmlElement, version: SoapVersion, path: readonly string[]): string | undefined {
  const [namespace, name] = version.number === '1.1' ? ['', 'detail'] : [version.namespace, 'Detail'];
  const detail = fault.children.find(one => one.namespace === namespace && one.name === name);
  return path.reduce<XmlElement | undefined>((at, step) => at?.children.find(one => one.name === step), detail)?.text;
}
