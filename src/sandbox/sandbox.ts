/** The sandbox around a gateway: the sample departments' systems, and the variables by which config refers to them. */
import { type Departments, randomSecret, startDepartments } from './departments.js';

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
  const password = variables.SANDBOX_HUMAN_RESOURCES_PASSWORD || randomSecret();
  const { SANDBOX_CONTROL_PORT: control } = variables;
  const ports = control ? { control: Number(control) } : {};
  const departments = await startDepartments({ host: '127.0.0.1', apiKey, secret, password, ports });
  return {
    departments,
    variables: { ...departments.variables, STILE_URL: variables.STILE_URL || url },
  };
}
