/** Makes the http adapter's settings of a document's server and security: secrets become references, never values. */
import { below } from '../registry/fault.js';
import { isSchema, type Schema } from '../registry/schema-store.js';
import { type Flag, notCarried, type OpenApi } from './document.js';

export interface ImportedSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly flags: readonly Flag[];
}

/** @param department its id, from which the names of environment variables are made */
export function importSettings({ whole }: OpenApi, department: string): ImportedSettings {
  const name = department.toUpperCase().replaceAll('-', '_');
  const secret = (what: string): string => `\${env:${name}_${what}}`;
  const flags: Flag[] = [];
  const server = serverOf(whole);
  if (server === undefined) flags.push({ pointer: '/servers', ...noServer(`${name}_URL`) });
  const others = Array.isArray(whole.servers) ? whole.servers.slice(1) : [];
  flags.push(...others.map((_, index) => ({ pointer: `/servers/${index + 1}`, ...notCarried })));
  let authentication: Schema | undefined;
  for (const [id, scheme] of schemesOf(whole)) {
    const found = authenticationOf(scheme, secret);
    if (found === undefined || authentication !== undefined) {
      flags.push({
        pointer: below('/components/securitySchemes', id),
        ...(found === undefined ? noScheme : notCarried),
      });
    } else authentication = found;
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

/** A scheme that a gateway can keep, as it needs nobody at a browser. */
function authenticationOf(scheme: Schema, secret: (what: string) => string): Schema | undefined {
  const { type, in: place, name, scheme: http, flows } = scheme;
  const kind = String(http).toLowerCase();
  if (type === 'apiKey' && place === 'header') return { apiKey: { header: name, key: secret('API_KEY') } };
  if (type === 'apiKey' && place === 'query') return { queryKey: { parameter: name, key: secret('API_KEY') } };
  if (type === 'http' && kind === 'basic') return { basic: { user: secret('USER'), password: secret('PASSWORD') } };
  if (type === 'http' && kind === 'bearer') return { bearer: { token: secret('TOKEN') } };
  const flow = isSchema(flows) ? flows.clientCredentials : undefined;
  if (type !== 'oauth2' || !isSchema(flow) || typeof flow.tokenUrl !== 'string') return undefined;
  const credentials = { clientId: secret('CLIENT_ID'), clientSecret: secret('CLIENT_SECRET') };
  return { oauth2: { tokenUrl: flow.tokenUrl, ...credentials } };
}

const noServer = (variable: string) => ({
  message: { zh: '文档没有完整的服务器地址', en: 'the document has no whole address of a server' },
  fix: { zh: `在环境变量 ${variable} 给出，或写进 baseUrl`, en: `give it in ${variable}, or write it into baseUrl` },
});
const noScheme = {
  message: { zh: '网关不能用这种认证方式', en: 'a gateway cannot use this way of authentication' },
  fix: { zh: '在适配器的 authentication 写明', en: "write the adapter's authentication" },
};
