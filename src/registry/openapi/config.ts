/** The operators' paths of the API description: the config in force, and how it is changed. */
import type { Language } from '../../text.js';
import { codesOf } from './problems.js';
import type { Json, SchemaComponents } from './schema.js';
import { type StaffOperation, staffOperation } from './staff-operation.js';

const outcome = {
  type: 'object',
  required: ['outcome', 'registry'],
  properties: {
    outcome: { enum: ['changed', 'unchanged'] },
    registry: { type: 'string' },
    former: { type: 'string' },
    record: { type: 'string' },
  },
};

export function configPaths(language: Language, components: SchemaComponents): Json {
  const operation = (given: Omit<StaffOperation, 'roles'>): Json =>
    staffOperation({ ...given, roles: ['operator'] }, language);
  return {
    '/operate/config': {
      get: operation({
        id: 'config.show',
        summary: {
          zh: '查看正在使用的配置，以及被拒绝的更改',
          en: 'Look at the config in force, and at a change that was refused',
        },
        codes: [],
        reply: {
          type: 'object',
          required: ['record', 'registry', 'since', 'due', 'heldBack', 'refused'],
          properties: {
            record: { type: 'string' },
            registry: { type: 'string' },
            since: { type: 'string', format: 'date-time' },
            change: { type: 'object' },
            due: { type: 'boolean' },
            heldBack: { oneOf: [{ type: 'null' }, { type: 'object' }] },
            refused: { oneOf: [{ type: 'null' }, { type: 'object' }] },
          },
        },
      }),
    },
    '/operate/config/files': {
      get: operation({
        id: 'config.files',
        summary: { zh: '下载正在使用的配置文件', en: 'Download the files of the config in force' },
        codes: ['STILE_CONFIG_NOT_KEPT'],
        reply: {},
        replyType: 'application/gzip',
      }),
    },
    '/operate/config/apply': {
      post: operation({
        id: 'config.apply',
        summary: { zh: '应用已计划的配置', en: 'Put a planned config in force' },
        codes: codesOf(['config']),
        request: components.needOwn('config-apply'),
        reply: outcome,
      }),
    },
    '/operate/config/try': {
      post: operation({
        id: 'config.try',
        summary: { zh: '按配置文件试做一次交换', en: 'Try one exchange against the files' },
        codes: codesOf(['config']),
        request: components.needOwn('config-try'),
        reply: {
          type: 'object',
          required: ['record', 'registry', 'steps'],
          properties: {
            record: { type: 'string' },
            registry: { type: 'string' },
            intent: { type: 'string' },
            repeats: { type: 'string' },
            steps: { type: 'array', items: { type: 'object' } },
            stopped: { type: 'object' },
            raw: {},
            asOf: { type: 'string' },
            released: {},
            parts: { type: 'array', items: { type: 'object' } },
          },
        },
      }),
    },
    '/operate/config/rollback': {
      post: operation({
        id: 'config.rollback',
        summary: { zh: '回退到前一份配置', en: 'Put the config before in force again' },
        codes: codesOf(['config']),
        request: components.needOwn('config-rollback'),
        reply: outcome,
      }),
    },
  };
}
