/** The files of a department's own adapter module: one that works as it is, with a system to try it on, to go on from. */
import { join } from 'node:path';
import { moduleText, systemText, testText } from './adapter-texts.js';
import type { PlannedFile } from './planned-file.js';
import { schemaText } from './schema-text.js';

/**
 * @param into the project's own folder, where Stile is compiled
 * @param kind kebab-case, as config will name it
 */
export function adapterFiles(into: string, kind: string): PlannedFile[] {
  const own = join(into, 'adapters', 'own', kind);
  const test = join(into, 'test', 'adapters', 'own', kind);
  return [
    { file: `${own}.ts`, text: moduleText(kind) },
    { file: `${own}-settings.json`, text: schemaText(settingsSchema(kind)) },
    { file: `${own}-service.json`, text: schemaText(serviceSchema(kind)) },
    { file: `${test}-system.ts`, text: systemText(kind) },
    { file: `${test}.test.ts`, text: testText(kind) },
  ];
}

const dialect = 'https://json-schema.org/draft/2020-12/schema';

const settingsSchema = (kind: string) => ({
  $schema: dialect,
  title: `${kind} settings`,
  description: 'How to reach the system. 与部门系统对接的设置。',
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'key'],
  properties: {
    baseUrl: {
      title: 'Base URL',
      description: 'Where the system is. 部门系统的地址。',
      type: 'string',
      pattern: '^(?:https?://[^\\s/?#@]+(?:/[^\\s?#]*)?|.*\\$\\{(?:env|file):.+)$',
      examples: ['https://registration.stile.example'],
    },
    key: {
      title: 'Key',
      description: 'The key by which the system knows the gateway. 系统识别网关的密钥。',
      type: 'string',
      minLength: 1,
      'x-stile-secret': true,
    },
  },
});

const serviceSchema = (kind: string) => ({
  $schema: dialect,
  title: `${kind} service`,
  description: 'How one question is asked. 一项数据服务的请求方式。',
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    path: {
      title: 'Path',
      description: 'After the base URL. 置于基础地址之后的路径。',
      type: 'string',
      pattern: '^/[!-~]*$',
      examples: ['/persons'],
    },
  },
});
