/** The files of a new deployment: config that passes the check, the schemas it refers to, and which variables there are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';
import { editorSchemas } from './editor-schemas.js';
import type { PlannedFile } from './planned-file.js';

export interface DeploymentPlan {
  readonly folder: string;
  /** The name of the deployment, DNS-like. */
  readonly deployment: string;
  /** The address callers know the gateway by. */
  readonly url: string;
}

/** All of them; the schemas are copies of those that this version of Stile checks by. */
export const deploymentFiles = ({ folder, deployment, url }: DeploymentPlan): PlannedFile[] => [
  { file: join(folder, 'config', 'stile.yaml'), text: settings(deployment, url) },
  { file: join(folder, 'config', 'purposes.yaml'), text: purposes },
  { file: join(folder, '.env.example'), text: variables },
  { file: join(folder, '.gitignore'), text: ignored },
  ...[...editorSchemas(), ...vocabulary()].map(([path, text]) => ({
    file: join(folder, 'schemas', path),
    text,
    copy: true as const,
  })),
];

const vocabulary = (): (readonly [path: string, text: string])[] =>
  readdirSync(join(root, 'schemas', 'vocabulary'))
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => [join('vocabulary', name), readFileSync(join(root, 'schemas', 'vocabulary', name), 'utf8')]);

const settings = (
  deployment: string,
  url: string,
): string => `# yaml-language-server: $schema=../schemas/stile/stile.json
# 部署名称写入台账，之后不可更改。 The deployment's name goes into the ledger and can never change.
deployment: ${deployment}

identity:
  issuer: ${url}

retention:
  # 拒绝与检索的记录保存的月数。 Months for which records of refusals and searches are kept.
  other: 12
`;

const purposes = `# yaml-language-server: $schema=../schemas/stile/purposes.json
# 调用可声明的用途，各有其法律依据。 What a call may state as its purpose, each with its legal basis:
#
#   public-rental-housing:
#     title: { zh: 公共租赁住房资格审核, en: Eligibility for public rental housing }
#     basis:
#       zh: 《公共租赁住房管理办法》第七条、第八条
#       en: Measures for the Administration of Public Rental Housing, articles 7 and 8
purposes: {}
`;

const variables = `# 复制为 .env 并填写，启动前载入。 Copy it to .env, fill it in, and load it before the start: set -a; . ./.env; set +a
HOST=127.0.0.1
PORT=8080
STILE_CONFIG=config
STILE_SCHEMAS=schemas
STILE_DATA=data
# 台账与协议的存储库；不填则在数据目录自行启动。 The store; empty: the gateway starts its own in the data folder.
DATABASE_URL=
# 部门文件以 \${env:NAME} 引用的变量也写在这里。 Variables that departments' files refer to as \${env:NAME} go here too.
`;

const ignored = `# 密钥与数据不入库。 Keys and data are kept out of version control.
.env
data/
*.pem
`;
