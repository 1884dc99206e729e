/** A gateway whose config is a test's own, to be changed while it runs. */
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../src/root.js';
import { type GatewayOptions, openGateway, type Test, type TestGateway } from '../gateway.js';
import { until } from '../until.js';

export interface ConfigGateway extends TestGateway {
  /** Holds config/ and schemas/. */
  readonly folder: string;
  /** Changes a file as editors do: another is written, and renamed into its place. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  /** What an operator is told of the config in force. */
  config(): Promise<ConfigStatus>;
  /** Waits until the config in force is another. */
  changedFrom(registry: string): Promise<ConfigStatus>;
}

export interface ConfigStatus {
  readonly registry: string;
  readonly change?: {
    readonly way: string;
    readonly former?: string;
    readonly registry: string;
    readonly record: string;
  };
  readonly due: boolean;
  readonly heldBack: Readonly<Record<string, unknown>> | null;
  readonly refused: { readonly faults: readonly Readonly<Record<string, unknown>>[] } | null;
}

/** A folder with a copy of the shipped config and contracts. */
export async function copyConfig(t: Pick<Test, 'teardown'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stile-config-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['config', 'schemas']) await cp(join(root, name), join(folder, name), { recursive: true });
  return folder;
}

export async function editFile(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing is to change in ${file}`);
  await writeFile(`${file}~`, after);
  await rename(`${file}~`, file);
}

export async function openConfigGateway(t: Test, options: GatewayOptions = {}): Promise<ConfigGateway> {
  const folder = options.folder ?? (await copyConfig(t));
  const gateway = await openGateway(t, { ...options, folder });
  const config = async () => {
    const headers = { authorization: `Bearer ${await gateway.token('staff/operator')}` };
    const { status, text, body } = await gateway.call('/operate/config', { headers });
    if (status !== 200) throw new Error(`config is not shown: ${text}`);
    return body as unknown as ConfigStatus;
  };
  return {
    ...gateway,
    folder,
    edit: (path, change) => editFile(join(folder, path), change),
    config,
    async changedFrom(registry) {
      // Of the metrics, as each look at the config is recorded.
      await until(async () => !(await gateway.call('/metrics')).text.includes(`registry="${registry}"`));
      return config();
    },
  };
}
