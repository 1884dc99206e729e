/** Who is staff. So far only the sandbox has any; sign-in through a department's own identity provider joins here. */
import type { Registry } from '../registry/registry.js';
import { type Role, role } from './principal.js';
import { sandboxPublicKey } from './sandbox-key.js';

export interface StaffMember {
  /** `staff/<name>`; no department may be called `staff`. */
  readonly id: string;
  /** One role, never two: the separation of duties. */
  readonly role: Role;
  /** The department an officer speaks for; absent for staff of the gateway itself. */
  readonly department: string | undefined;
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

const prefix = 'staff/';

/** True for an id that can only ever be staff's, so that no client can be taken for staff or the other way round. */
export const isStaffId = (id: string): boolean => id.startsWith(prefix);

const sandboxStaff: ReadonlyMap<string, StaffMember> = new Map(
  Object.values(role).map(each => {
    const id = prefix + each;
    return [id, { id, role: each, department: undefined, keys: [sandboxPublicKey(id)] }];
  }),
);

/** The member of staff with this id, if there is one now. */
export const findStaff = (id: string, registry: Registry): StaffMember | undefined =>
  registry.sandbox ? sandboxStaff.get(id) : undefined;
