/** The files of a new department: its own, and a service's contract, to go on from; as they are they pass the check. */
import { join } from 'node:path';
import type { Text } from '../text.js';
import { scalar } from './plain-text.js';
import type { PlannedFile } from './planned-file.js';

export interface DepartmentPlan {
  /** The folder that holds config/ and schemas/. */
  readonly into: string;
  readonly id: string;
  readonly name: Text;
  readonly division: string;
  readonly contact: string;
  readonly client?: { readonly id: string; readonly jwk: Readonly<Record<string, string>> };
  /** `insured/v1` */
  readonly service?: string;
}

/** The department's file, and the two halves of its service's contract. */
export function departmentFiles(plan: DepartmentPlan): PlannedFile[] {
  const { into, id, service } = plan;
  const contract =
    service === undefined
      ? []
      : ([
          ['request', request],
          ['reply', reply],
        ] as const);
  return [
    { file: join(into, 'config', 'departments', `${id}.yaml`), text: departmentText(plan) },
    ...contract.map(([half, schema]) => ({
      file: join(into, 'schemas', id, ...(service ?? '').split('/'), `${half}.json`),
      text: `${JSON.stringify(schema(`${id}/${service}/${half}.json`), null, 2)}\n`,
    })),
  ];
}

/** Variables that the department's file refers to. */
export const variablesOf = ({ id, service }: DepartmentPlan): string[] =>
  service === undefined ? [] : ['URL', 'API_KEY'].map(what => `${id.toUpperCase().replaceAll('-', '_')}_${what}`);

function departmentText(plan: DepartmentPlan): string {
  const { id, name, division, contact, client, service } = plan;
  return `# yaml-language-server: $schema=../../schemas/stile/department.json
id: ${id}
name: { zh: ${scalar(name.zh)}, en: ${scalar(name.en)} }
division: "${division}"
contact: ${scalar(contact)}
${client === undefined ? '' : clientText(client)}${service === undefined ? '' : serviceText(plan, service)}`;
}

const clientText = ({ id, jwk }: NonNullable<DepartmentPlan['client']>): string => `
clients:
  ${id}:
    name: { zh: ${id}, en: ${id} }
    keys:
      - { ${Object.entries(jwk)
        .map(([member, value]) => `${member}: ${JSON.stringify(value)}`)
        .join(', ')} }
`;

function serviceText(plan: DepartmentPlan, service: string): string {
  const [url, key] = variablesOf(plan);
  const [name] = service.split('/');
  return `
adapters:
  main:
    kind: http
    settings:
      baseUrl: \${env:${url}}
      authentication:
        apiKey: { header: X-Api-Key, key: "\${env:${key}}" }

services:
  ${service}:
    title: { zh: ${name}, en: ${name} }
    sharing: conditional
    safe: true
    adapter: main
    ask:
      method: POST
      path: /${name}
      # 左为部门系统的词，右为契约的词。 Left the words of their system, right those of the contract.
      body:
        fields: { residentId: residentId }
      # 左为契约的词，右为部门系统的词。 Left the words of the contract, right those of their system.
      reply:
        fields:
          residentId: residentId
          registered: registered
`;
}

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const idOf = (path: string): string => `https://stile.example/schemas/${path}`;
const residentId = {
  $ref: '../../../vocabulary/resident-identity-number.json',
  'x-stile-subject': 'asked',
};
/** Of nobody: made up, with the check digit right (GB 11643). */
const nobody = '440304198804123031';

const request = (path: string) => ({
  $schema: dialect,
  $id: idOf(path),
  type: 'object',
  properties: { residentId },
  required: ['residentId'],
  additionalProperties: false,
  examples: [{ residentId: nobody }],
});

const reply = (path: string) => ({
  $schema: dialect,
  $id: idOf(path),
  type: 'object',
  properties: {
    residentId,
    registered: {
      'x-title': { zh: '是否登记', en: 'Whether registered' },
      type: 'boolean',
      'x-stile-sensitivity': 'personal',
    },
  },
  required: ['residentId', 'registered'],
  additionalProperties: false,
  examples: [{ residentId: nobody, registered: true }],
});
