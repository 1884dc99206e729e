/** The sandbox around a gateway: the sample departments' systems, and the variables by which config refers to them. */
import { randomBytes } from 'node:crypto';
import { type Departments, startDepartments } from './departments.js';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Sandbox {
  readonly departments: Departments;
  /** To be added to the environment before the registry is read. */
  readonly variables: Variables;
}

/**
 * Starts the departments on any free ports of loopback, under random secrets unless the environment gives some.
 *
 * @param url of the gateway, the issuer of its tokens unless `STILE_URL` names another
 */
export async function startSandbox(variables: Variables, url: string): Promise<Sandbox> {
  const apiKey = variables.SANDBOX_CIVIL_AFFAIRS_API_KEY || randomSecret();
  const secret = variables.SANDBOX_PUBLIC_SECURITY_SECRET || randomSecret();
  const { SANDBOX_CONTROL_PORT: control } = variables;
  const ports = control ? { control: Number(control) } : {};
  const departments = await startDepartments({ host: '127.0.0.1', apiKey, secret, ports });
  return {
    departments,
    variables: {
      STILE_URL: variables.STILE_URL || url,
      SANDBOX_CIVIL_AFFAIRS_URL: departments.civilAffairs.url,
      SANDBOX_CIVIL_AFFAIRS_API_KEY: apiKey,
      SANDBOX_PUBLIC_SECURITY_URL: departments.publicSecurity.url,
      SANDBOX_PUBLIC_SECURITY_SECRET: secret,
    },
  };
}

const randomSecret = (): string => randomBytes(24).toString('base64url');
