/** Makes the http adapter's settings of a document's server and security: secrets become references, never values. */
import { isSchema, type Schema } from '../registry/schema-store.js';
import type { Flag, OpenApi } from './document.js';

export interface ImportedSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly flags: readonly Flag[];
}

/** @param department its id, from which the names of environment variables are made */
export function importSettings({ whole }: OpenApi, department: string): ImportedSettings {
  const name = department.toUpperCase().replaceAll('-', '_');
  const secret = (what: string): string => `\${env:${name}_${what}}`;
  const server = serverOf(whole);
  const flags: Flag[] = server === undefined ? [{ pointer: '/servers', ...noServer(`${name}_URL`) }] : [];
  const authentication = authenticationOf(whole, secret);
  if (authentication === undefined && schemesOf(whole).length > 0) {
    flags.push({ pointer: '/components/securitySchemes', ...noScheme });
  }
  return {
    settings: { baseUrl: server ?? secret('URL'), ...(authentication === undefined ? {} : { authentication }) },
    flags,
  };
}

/** The first server's address, its variables by their defaults; undefined when that is no whole address. */
function serverOf({ servers }: Schema): string | undefined {
  const [server] = Array.isArray(servers) ? servers : [];
  if (!isSchema(server) || typeof server.url !== 'string') return undefined;
  const variables = isSchema(server.variables) ? server.variables : {};
  const url = server.url.replace(/\{([^{}]+)\}/g, (whole, name) => {
    const variable = variables[name];
    return isSchema(variable) ? String(variable.default ?? whole) : whole;
  });
  return /^https?:\/\/[^{}?#\s]+$/.test(url) ? url.replace(/\/+$/, '') : undefined;
}

const schemesOf = (whole: Schema): [string, Schema][] => {
  const components = isSchema(whole.components) ? whole.components : {};
  const schemes = isSchema(components.securitySchemes) ? components.securitySchemes : {};
  return Object.entries(schemes).flatMap(([name, scheme]) => (isSchema(scheme) ? [[name, scheme]] : []));
};

/** The first scheme that a gateway can keep: one that needs nobody at a browser. */
function authenticationOf(whole: Schema, secret: (what: string) => string): Schema | undefined {
  for (const [, scheme] of schemesOf(whole)) {
    const { type, in: place, name, scheme: http } = scheme;
    const kind = String(http).toLowerCase();
    if (type === 'apiKey' && place === 'header') return { apiKey: { header: name, key: secret('API_KEY') } };
    if (type === 'apiKey' && place === 'query') return { queryKey: { parameter: name, key: secret('API_KEY') } };
    if (type === 'http' && kind === 'basic') return { basic: { user: secret('USER'), password: secret('PASSWORD') } };
    if (type === 'http' && kind === 'bearer') return { bearer: { token: secret('TOKEN') } };
    const flow = isSchema(scheme.flows) ? scheme.flows.clientCredentials : undefined;
    if (type === 'oauth2' && isSchema(flow) && typeof flow.tokenUrl === 'string') {
      const credentials = { clientId: secret('CLIENT_ID'), clientSecret: secret('CLIENT_SECRET') };
      return { oauth2: { tokenUrl: flow.tokenUrl, ...credentials } };
    }
  }
  return undefined;
}

const noServer = (variable: string) => ({
  message: { zh: '文档没有完整的服务器地址', en: 'the document has no whole address of a server' },
  fix: { zh: `在环境变量 ${variable} 给出，或写进 baseUrl`, en: `give it in ${variable}, or write it into baseUrl` },
});
const noScheme = {
  message: { zh: '没有网关能用的认证方式', en: 'there is no way of authentication that a gateway can use' },
  fix: { zh: '在适配器的 authentication 写明', en: "write the adapter's authentication" },
};
