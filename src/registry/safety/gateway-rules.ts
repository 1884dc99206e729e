/** Judges the gateway's own settings and the purposes: who could pretend to be a caller, and who could rewrite what was recorded. */
import type { PurposesFile } from '../../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../../schemas/stile/stile.js';
import { below } from '../fault.js';
import type { Settings } from '../settings.js';
import type { Judged } from './judged.js';
import { isPlainBeyond } from './upstream-rules.js';

const longestToken = 900;
const longestRepeat = 86_400;
const shortestOther = 12;
/** Fewest bits of a network that may be a group of load balancers. */
const fewestBits = { v4: 16, v6: 48 };

/** @param file with defaults filled */
export function gatewayRules(file: SettingsFile): Judged[] {
  const { exchange, ledger, identity, retention } = file as SettingsFile & Settings;
  const found: Judged[] = [];
  if (identity.tokenLife > longestToken) {
    found.push({ rule: 'STILE-S030', pointer: '/identity/tokenLife', found: String(identity.tokenLife) });
  }
  if (isPlainBeyond(identity.issuer)) found.push({ rule: 'STILE-S033', pointer: '/identity/issuer' });
  if (exchange.repeatLife > longestRepeat) {
    found.push({ rule: 'STILE-S035', pointer: '/exchange/repeatLife', found: String(exchange.repeatLife) });
  }
  found.push(
    ...exchange.trustedProxies.flatMap((network, index): Judged[] =>
      isWide(network)
        ? [{ rule: 'STILE-S034', pointer: below('/exchange/trustedProxies', index), found: JSON.stringify(network) }]
        : [],
    ),
    ...ledger.witnesses.flatMap(({ url }, index): Judged[] =>
      isPlainBeyond(url) ? [{ rule: 'STILE-S011', pointer: below('/ledger/witnesses', index, 'url') }] : [],
    ),
  );
  // The sandbox has no data of anybody, and nobody to witness it.
  if (file.sandbox === true) return found;
  if (ledger.witnesses.length === 0) found.push({ rule: 'STILE-S031', pointer: '/ledger/witnesses' });
  if (retention.other < shortestOther) {
    found.push({ rule: 'STILE-S032', pointer: '/retention/other', found: String(retention.other) });
  }
  return found;
}

function isWide(network: string): boolean {
  const [address = '', bits] = network.split('/');
  return bits !== undefined && Number(bits) < (address.includes(':') ? fewestBits.v6 : fewestBits.v4);
}

/** A basis as it is cited: the law's name stands in 《》. */
export const purposeRules = ({ purposes }: PurposesFile): Judged[] =>
  Object.entries(purposes).flatMap(([id, { basis }]): Judged[] =>
    /《[^《》]+》/.test(basis.zh) ? [] : [{ rule: 'STILE-S040', pointer: below('/purposes', id, 'basis') }],
  );
