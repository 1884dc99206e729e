/** The roles of the store: an owner who makes the tables, a gateway that cannot rewrite the ledger, an audit that only reads it. */
import { randomBytes } from 'node:crypto';
import { Client, DatabaseError, type Pool } from 'pg';
import { withSetting } from './session-setting.js';
import { StoreError } from './store-error.js';

/** 007-rights.sql says what each may do. Roles are the whole server's, so every database on it knows the same two. */
export const roles = { gateway: 'stile_gateway', audit: 'stile_audit' } as const;

/** SQLSTATEs (PostgreSQL, appendix A). */
const insufficientPrivilege = '42501';
/** As which a role that is not there is refused when a session is to begin with it. */
const invalidValue = '22023';
/** Another database's owner was faster. */
const isThere = ['42710', '23505'];

/**
 * Makes the roles that are missing. Whoever makes the gateway's may also take it on.
 *
 * @throws StoreError when the owner may not make roles
 */
export async function makeRoles(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
  const known = new Set(rows.map(({ name }) => name));
  for (const role of Object.values(roles).filter(name => !known.has(name))) {
    try {
      await client.query(`CREATE ROLE ${role}`);
      await client.query(`GRANT ${role} TO CURRENT_USER`);
    } catch (error) {
      if (hasCode(error, insufficientPrivilege)) throw mayMakeNoRoles(role, error as Error);
      if (!hasCode(error, ...isThere)) throw error;
    }
  }
}

/**
 * Lets the gateway's role log in by itself, with a new password.
 *
 * @param database connection string of a superuser
 * @returns the same as the gateway
 */
export async function giveGatewayLogin(database: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const client = new Client({ connectionString: database, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await makeRoles(client);
    await client.query(`ALTER ROLE ${roles.gateway} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  const url = new URL(database);
  url.username = roles.gateway;
  url.password = password;
  return url.href;
}

/** A connection string whose sessions have the gateway's rights and no others, whoever logs in. */
export const asGateway = (database: string): string => withSetting(database, 'role', roles.gateway);

/** Whether the login behind a pool could take on the rights of the tables' owner again. */
export async function mayActAsOwner(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>(
    `SELECT pg_has_role(session_user, relowner, 'MEMBER') AS may FROM pg_class WHERE oid = 'ledger_entries'::regclass`,
  );
  return rows[0]?.may === true;
}

/** What keeps a login from taking on the gateway's role, or undefined when it is something else. */
export function roleRefused(error: Error): StoreError | undefined {
  if (!hasCode(error, insufficientPrivilege, invalidValue)) return undefined;
  const grant = `GRANT ${roles.gateway} TO …`;
  return new StoreError(
    {
      zh: `DATABASE_URL 的登录角色不能使用 ${roles.gateway}：${error.message}。请由管理员执行 ${grant}。`,
      en: `The login of DATABASE_URL may not act as ${roles.gateway}: ${error.message}. Have an administrator run ${grant}.`,
    },
    { cause: error },
  );
}

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof DatabaseError && error.code !== undefined && codes.includes(error.code);

const mayMakeNoRoles = (role: string, cause: Error): StoreError =>
  new StoreError(
    {
      zh: `存储库没有角色 ${role}，其所有者也无权创建。请由管理员执行 CREATE ROLE ${role}。`,
      en: `The store has no role ${role}, and its owner may not make one. Have an administrator run CREATE ROLE ${role}.`,
    },
    { cause },
  );
