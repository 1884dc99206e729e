/** The API description (OpenAPI 3.1), generated from the registry: what can be asked, of whom, for which purpose, and how it fails. */
import type { Text } from '../text.js';
import type { Deployment } from './openapi/deployment.js';
import { headerComponents, parameterComponents } from './openapi/headers.js';
import { ledgerPaths } from './openapi/ledger.js';
import { exchangeResponses, problemSchema } from './openapi/problems.js';
import { gatewayPaths, gatewayTag } from './openapi/routes.js';
import { type Json, schemaComponents } from './openapi/schema.js';
import { servicePaths } from './openapi/services.js';
import { staffPaths } from './openapi/staff.js';
import { staffTag } from './openapi/staff-operation.js';

const title: Text = { zh: '越篱：部门间数据交换网关', en: "Stile: a gateway between departments' systems" };
const description: Text = {
  zh: '各部门的系统通过它向其他部门询问协议所允许的数据，并说明用途；每一次尝试都先记入台账，再放行数据。阅读页见 /docs。',
  en: "Departments' systems ask each other for exactly what an agreement allows, for a stated purpose; every attempt is recorded before a byte is released. The readable page is at /docs.",
};
const gatewayText: Text = { zh: '网关自身', en: 'The gateway itself' };
const staffText: Text = { zh: '工作人员', en: 'Staff' };

const clientText: Text = {
  zh: '调用系统的令牌，以 private_key_jwt 获取。',
  en: 'The token of a client, by private_key_jwt.',
};
const staffTokenText: Text = {
  zh: '工作人员的令牌，带一个角色；x-stile-roles 列出可用的角色。',
  en: 'The token of a member of staff, with one role; x-stile-roles names those that may.',
};

const oauth = (description: string, tokenUrl: string): Json => ({
  type: 'oauth2',
  description,
  flows: { clientCredentials: { tokenUrl, scopes: {} } },
});

/** Describes the API of a deployment. */
export function openapi(deployment: Deployment): Json {
  const { registry, language, version } = deployment;
  const components = schemaComponents(registry.schemas, language);
  components.add('problem', problemSchema(language));
  const paths = {
    ...servicePaths(deployment, components),
    ...gatewayPaths(deployment),
    ...ledgerPaths(deployment, components),
    ...staffPaths(deployment, components),
  };
  const providers = new Set([...registry.services.values()].map(service => service.department));
  const { issuer } = registry.settings.identity;
  return {
    openapi: '3.1.0',
    info: { title: title[language], description: description[language], version, 'x-stile-registry': registry.digest },
    servers: [{ url: issuer }],
    tags: [
      ...[...registry.departments.values()]
        .filter(({ id }) => providers.has(id))
        .map(({ id, name }) => ({ name: id, description: name[language] })),
      { name: gatewayTag, description: gatewayText[language] },
      { name: staffTag, description: staffText[language] },
    ],
    paths,
    components: {
      schemas: components.all(),
      responses: exchangeResponses(language),
      parameters: parameterComponents(registry.purposes, language),
      headers: headerComponents(language),
      securitySchemes: {
        client: oauth(clientText[language], `${issuer}/oauth2/token`),
        staff: oauth(staffTokenText[language], `${issuer}/oauth2/token`),
      },
    },
    'x-stile-purposes': [...registry.purposes.values()].map(({ id, title, basis }) => ({ id, title, basis })),
  };
}
