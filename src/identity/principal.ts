/** Who is behind a token: a department's client, or a member of staff in one role. */
import type { Client } from '../registry/registry.js';

export const role = { operator: 'operator', officer: 'officer', security: 'security', auditor: 'auditor' } as const;
export type Role = (typeof role)[keyof typeof role];

export interface ClientPrincipal {
  readonly kind: 'client';
  readonly client: Client;
  /** The purpose the token carries; calls under it may state no other. */
  readonly purpose: string | undefined;
  /** The token's `jti`. */
  readonly token: string;
}

export interface StaffPrincipal {
  readonly kind: 'staff';
  readonly id: string;
  readonly role: Role;
  /** The department an officer speaks for; absent for staff of the gateway itself. */
  readonly department: string | undefined;
  readonly token: string;
}

export type Principal = ClientPrincipal | StaffPrincipal;
