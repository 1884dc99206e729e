/** The ledger's paths of the API description: what proves it to anyone, and the receipts of those who took part. */
import type { Text } from '../../text.js';
import type { Deployment } from './deployment.js';
import { codesOf, problemResponses } from './problems.js';
import { gatewayTag } from './routes.js';
import type { Json, SchemaComponents } from './schema.js';

interface LedgerResource {
  readonly id: string;
  readonly summary: Text;
  readonly media: string;
  readonly parameters: readonly string[];
}

const checkpoint: Text = {
  zh: '总册最新的签名检查点，一次说明整个台账的状态（C2SP tlog-checkpoint）',
  en: "The roll's last signed checkpoint: the state of the whole ledger in one call (C2SP tlog-checkpoint)",
};
const shardCheckpoint: Text = { zh: '一个分片最新的签名检查点', en: "A shard's last signed checkpoint" };
const tile: Text = { zh: '哈希瓦片，不可变（C2SP tlog-tiles）', en: 'A tile of hashes, immutable (C2SP tlog-tiles)' };
const receipt: Text = {
  zh: '回执：离线证明一条记录在台账中；仅供该次交换的双方与安全、审计人员',
  en: 'A receipt, which proves offline that the ledger has a record; for the parties of its exchange, security staff and auditors',
};

export function ledgerPaths({ language }: Deployment, components: SchemaComponents): Json {
  const parameter = (name: string): Json => ({ name, in: 'path', required: true, schema: { type: 'string' } });
  const open = ({ id, summary, media, parameters }: LedgerResource): Json => ({
    get: {
      tags: [gatewayTag],
      operationId: id,
      summary: summary[language],
      security: [],
      ...(parameters.length > 0 && { parameters: parameters.map(parameter) }),
      responses: {
        200: { description: summary[language], content: { [media]: { schema: {} } } },
        ...problemResponses(['STILE_NOT_FOUND'], language),
      },
    },
  });
  const text = 'text/plain';
  const bytes = 'application/octet-stream';
  const tilePlace = ['level', 'index'];
  return {
    '/ledger/checkpoint': open({ id: 'ledger.checkpoint', summary: checkpoint, media: text, parameters: [] }),
    '/ledger/tile/{level}/{index}': open({ id: 'ledger.tile', summary: tile, media: bytes, parameters: tilePlace }),
    '/ledger/{shard}/checkpoint': open({
      id: 'ledger.shard.checkpoint',
      summary: shardCheckpoint,
      media: text,
      parameters: ['shard'],
    }),
    '/ledger/{shard}/tile/{level}/{index}': open({
      id: 'ledger.shard.tile',
      summary: tile,
      media: bytes,
      parameters: ['shard', ...tilePlace],
    }),
    '/ledger/receipts/{shard}/{index}': {
      get: {
        tags: [gatewayTag],
        operationId: 'ledger.receipt',
        summary: receipt[language],
        security: [{ client: [] }, { staff: [] }],
        'x-stile-roles': ['security', 'auditor'],
        parameters: [
          ...['shard', 'index'].map(parameter),
          { name: 'Prefer', in: 'header', schema: { type: 'string' }, example: 'wait=5' },
        ],
        responses: {
          200: {
            description: receipt[language],
            content: { 'application/json': { schema: components.needOwn('receipt') } },
          },
          ...problemResponses(
            [
              ...codesOf(['identify']),
              'STILE_RECORD_UNKNOWN',
              ...codesOf(['ledger']),
              'STILE_RECORD_UNAVAILABLE',
              'STILE_FAULT',
            ],
            language,
          ),
        },
      },
    },
  };
}
