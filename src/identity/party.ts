/** Who may ask for a token: a client of the registry, or staff; and by which keys each proves who it is. */
import type { Client, Registry } from '../registry/registry.js';
import type { PublicKey } from './public-key.js';
import { sandboxPublicKey } from './sandbox-key.js';
import { findStaff, isStaffId, type StaffMember } from './staff.js';

export type Party =
  | { readonly kind: 'client'; readonly id: string; readonly client: Client; readonly keys: readonly PublicKey[] }
  | { readonly kind: 'staff'; readonly id: string; readonly member: StaffMember; readonly keys: readonly PublicKey[] };

/**
 * Finds who has this id.
 *
 * @returns with the keys that count; outside the sandbox a key that anyone can derive counts for nothing
 */
export function findParty(id: string, registry: Registry): Party | undefined {
  if (isStaffId(id)) {
    const member = findStaff(id, registry);
    return member && { kind: 'staff', id, member, keys: member.keys };
  }
  const client = registry.clients.get(id);
  if (client === undefined) return undefined;
  const derivable = sandboxPublicKey(id).x;
  const keys = registry.sandbox ? client.keys : client.keys.filter(key => key.x !== derivable);
  return { kind: 'client', id, client, keys };
}
