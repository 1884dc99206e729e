/** The exchange paths of the API description: one a service, with its contract, purposes, errors and an example that works. */
import type { Language, Text } from '../../text.js';
import { answersGet } from '../answers-get.js';
import { type Deprecation, type Service, type ServicePart, sharing } from '../registry.js';
import type { Deployment } from './deployment.js';
import { replyHeaders, requestHeaders } from './headers.js';
import { exchangeResponseRefs, problemResponses } from './problems.js';
import { componentName, type Json, releasedSchema, type SchemaComponents } from './schema.js';

const sharingText: Readonly<Record<string, Text>> = {
  [sharing.unconditional]: {
    zh: '无条件共享：格式正确的协议申请由系统直接授予。',
    en: 'Shared unconditionally: a well-formed request for an agreement is granted by the system.',
  },
  [sharing.conditional]: {
    zh: '有条件共享：协议须经提供部门同意。',
    en: 'Shared conditionally: the provider must approve the agreement.',
  },
  [sharing.withheld]: { zh: '不予共享：', en: 'Withheld: ' },
};

/** The paths of all services, and the schemas they need. */
export function servicePaths(deployment: Deployment, components: SchemaComponents): Json {
  const paths: Record<string, Json> = {};
  for (const service of deployment.registry.services.values()) {
    paths[`/exchange/${service.id}`] =
      service.sharing === sharing.withheld
        ? { post: withheldOperation(service, deployment.language) }
        : servicePath(service, deployment, components);
  }
  return paths;
}

const about = (service: Service, language: Language): Json => ({
  tags: [service.department],
  summary: service.title[language],
  security: [{ client: [] }],
  'x-title': service.title,
  'x-stile-sharing': service.sharing,
  'x-stile-safe': service.safe,
  ...(service.parts === undefined ? {} : { 'x-stile-parts': service.parts }),
  ...(service.deprecation === undefined ? {} : deprecated(service.deprecation)),
});

/** What a caller must have besides the agreement for the service itself. */
function partsText(parts: readonly ServicePart[]): Text {
  const services = [...new Set(parts.map(({ service }) => service))];
  return {
    zh: `由其他数据服务组成，以调用方的名义逐项询问，各依其自身的协议：${services.join('、')}。`,
    en: `Made of other services, each asked in the caller's name and under the caller's agreement for it: ${services.join(', ')}.`,
  };
}

const deprecated = ({ since, sunset, successor, documentation }: Deprecation): Json => ({
  deprecated: true,
  'x-stile-deprecated': { since, sunset, successor, documentation },
});

function withheldOperation(service: Service, language: Language): Json {
  const reason = service.reason?.[language] ?? '';
  return {
    ...about(service, language),
    operationId: operationId(service, 'post'),
    description: `${sharingText[service.sharing]?.[language]}${reason}`,
    responses: problemResponses(['STILE_SERVICE_WITHHELD'], language),
  };
}

const operationId = (service: Service, method: string): string => `${method}.${service.id.replaceAll('/', '.')}`;

function servicePath(service: Service, deployment: Deployment, components: SchemaComponents): Json {
  const { language, registry } = deployment;
  const { request, reply, example } = service.contract;
  const contact = registry.departments.get(service.department)?.contact;
  const purposes = deployment.purposesOf(service.id);
  const headers = requestHeaders.map(({ name }) => headerOf(name, service, purposes, language));
  const [replyExample] = (reply.schema.examples ?? []) as readonly unknown[];
  const contract = components.need(String(reply.schema.$id));
  const released = components.add(
    componentName(String(reply.schema.$id)).replace(/reply$/, 'released'),
    releasedSchema(reply, language),
  );
  const effects: Text = {
    zh: '该服务会办理业务，须带 Idempotency-Key。',
    en: 'It has effects, and demands an Idempotency-Key.',
  };
  const description = [
    service.description?.[language],
    service.parts && partsText(service.parts)[language],
    sharingText[service.sharing]?.[language],
    service.safe ? undefined : effects[language],
    { zh: `联系：${contact}`, en: `Contact: ${contact}` }[language],
  ];
  const common = {
    ...about(service, language),
    description: description.filter(part => part !== undefined).join('\n\n'),
    'x-stile-purposes': purposes,
    'x-stile-reply': contract,
    responses: {
      200: {
        description: {
          zh: `所授权的字段，按协议脱敏；未脱敏的字段符合契约 ${componentName(String(reply.schema.$id))}。`,
          en: `The granted fields, masked as the agreement says; unmasked ones keep the contract ${componentName(String(reply.schema.$id))}.`,
        }[language],
        headers: Object.fromEntries(replyHeaders.map(({ name }) => [name, { $ref: `#/components/headers/${name}` }])),
        content: {
          'application/json': {
            schema: released,
            ...(replyExample === undefined ? {} : { examples: { contract: { value: replyExample } } }),
          },
        },
      },
      ...exchangeResponseRefs,
    },
  };
  const post = {
    ...common,
    operationId: operationId(service, 'post'),
    parameters: headers,
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: components.need(String(request.schema.$id)),
          examples: { sandbox: { summary: workingExample[language], value: example } },
        },
      },
    },
  };
  return answersGet(service)
    ? { post, get: getOperation(service, { ...common, parameters: headers }, language) }
    : { post };
}

const workingExample: Text = { zh: '在沙箱中可直接成功的请求', en: 'A request that succeeds in the sandbox' };

/** A reference to the header, or the header as this service has it. */
function headerOf(name: string, service: Service, purposes: readonly string[], language: Language): Json {
  const header = requestHeaders.find(row => row.name === name);
  const own = { name, in: 'header', description: header?.text[language] };
  if (name === 'Idempotency-Key' && !service.safe) {
    return { ...own, required: true, schema: header?.schema, example: header?.example };
  }
  if (name === 'Stile-Purpose' && purposes.length > 0) {
    return { ...own, schema: { type: 'string', enum: purposes }, example: purposes[0] };
  }
  return { $ref: `#/components/parameters/${name}` };
}

function getOperation(
  service: Service,
  common: Json & { readonly parameters: readonly Json[] },
  language: Language,
): Json {
  const { request, example } = service.contract;
  const fields = [...request.fields.values()].map(({ path, type, title }) => ({
    name: path,
    in: 'query',
    required: ((request.schema.required ?? []) as readonly string[]).includes(path),
    ...(title === undefined ? {} : { description: title[language] }),
    schema: { type },
    example: (example as Json)[path],
  }));
  const advice: Text = {
    zh: '建议使用 POST：网址中的标识符会留在途中每一份日志里。',
    en: 'POST is recommended: an identifier in a URL ends up in every log on the way.',
  };
  return {
    ...common,
    operationId: operationId(service, 'get'),
    description: advice[language],
    parameters: [...fields, ...common.parameters],
  };
}
