/** Answers from files that a department drops: rows by their key, from the newest file that is whole and right. */
import type { FileService } from '../schemas/stile/adapters/file-service.js';
import serviceSchema from '../schemas/stile/adapters/file-service.json' with { type: 'json' };
import type { FileSettings } from '../schemas/stile/adapters/file-settings.js';
import settingsSchema from '../schemas/stile/adapters/file-settings.json' with { type: 'json' };
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Call,
  type Failure,
  failure,
  type JsonObject,
  type SettingFault,
} from './adapter.js';
import { compiledOnce } from './compiled-service.js';
import type { Drop } from './file-drop.js';
import { openFolder } from './file-folder.js';
import { compileName } from './file-name.js';
import { compileKey, type Key } from './file-question.js';
import { openSftp } from './file-sftp.js';
import { FileWatch } from './file-watch.js';
import { namedFileFields, readOf } from './mapping-fields.js';
import { defaultUtcOffset, direction, type MappingScope } from './mapping-scope.js';
import { type RuleFault, ruleFault, settingFault } from './rule-fault.js';
import { compileTable, defaultRowLimit, type TableReader } from './sql-answer.js';

interface CompiledService {
  readonly key: (request: JsonObject) => Promise<Key>;
  readonly answer: TableReader;
  readonly rowLimit: number;
}

export const adapter: AdapterModule = {
  kind: 'file',
  settingsSchema,
  serviceSchema,
  onlyReads: true,
  check(settings, ask) {
    const faults: SettingFault[] = [];
    const report = (pointer: string, fault: RuleFault): void => void faults.push(settingFault(pointer, fault));
    compileService(ask as unknown as FileService, settings as unknown as FileSettings, report);
    return faults;
  },
  checkSettings(settings) {
    const faults: SettingFault[] = [];
    checkFile(settings as unknown as FileSettings, (pointer, fault) => void faults.push(settingFault(pointer, fault)));
    return faults;
  },
  names: ask => namedFileFields(ask as unknown as FileService),
  open: (settings, context) => new FileAdapter(settings as unknown as FileSettings, context),
};

/** Faults in the adapter's settings that no schema can see. */
function checkFile(settings: FileSettings, report: MappingScope['report']): void {
  const { file, format, encoding, key, columns, positions = {}, sftp, utcOffset = defaultUtcOffset } = settings;
  if (compileName(file, utcOffset) === undefined) report('/file', ruleFault.undatedName);
  for (const [at, name] of key.entries()) if (!columns.includes(name)) report(`/key/${at}`, ruleFault.noColumn);
  if (sftp !== undefined && sftp.password === undefined && sftp.key === undefined)
    report('/sftp', ruleFault.noCredential);
  if (format !== 'fixed-width') return;
  if (encoding?.startsWith('UTF-16')) report('/encoding', ruleFault.wideEncoding);
  for (const [at, name] of columns.entries()) {
    if (positions[name] === undefined) report(`/columns/${at}`, ruleFault.columnWithoutPosition);
  }
}

function compileService(service: FileService, settings: FileSettings, report: MappingScope['report']): CompiledService {
  const { codes = {}, utcOffset = defaultUtcOffset, columns, repeats } = settings;
  if (repeats === true && service.rows !== 'each') report('/rows', ruleFault.oneOfSeveral);
  for (const { path, pointer } of readOf(service.reply, '/reply')) {
    const column = service.rows === 'each' ? path.replace(/^rows(?:\[\]\.)?/, '') : path;
    if (column !== '' && !columns.includes(column)) report(pointer, ruleFault.noColumn);
  }
  const scope = { codes, utcOffset, report };
  return {
    key: compileKey(service, settings, { ...scope, direction: direction.toDepartment }),
    answer: compileTable(service, { ...scope, direction: direction.toContract }),
    rowLimit: service.rowLimit ?? defaultRowLimit,
  };
}

class FileAdapter implements Adapter {
  readonly #settings: FileSettings;
  readonly #watch: FileWatch;
  readonly #serviceOf: (ask: JsonObject) => CompiledService;

  constructor(settings: FileSettings, context: AdapterContext) {
    this.#settings = settings;
    this.#serviceOf = compiledOnce((ask, report) => compileService(ask as unknown as FileService, settings, report));
    this.#watch = new FileWatch(settings, context, dropOf(settings, context));
  }

  async ask(request: JsonObject, call: Call): Promise<Answer | Failure> {
    const service = this.#serviceOf(call.ask);
    const key = await service.key(request);
    if ('fault' in key) return { failure: failure.rejected, detail: `not asked: ${key.fault}`, notActed: true };
    const late = await within(call.deadline, this.#watch.ready());
    if (late !== undefined) return late;
    const table = this.#watch.current();
    if ('failure' in table) return table;
    const rows = await table.find(key.cells, { rows: service.rowLimit, bytes: call.replyLimit });
    if ('failure' in rows) return rows;
    const found = await service.answer({ columns: this.#settings.columns, rows }, request);
    return 'failure' in found ? found : { asOf: table.asOf, ...found };
  }

  async probe(signal: AbortSignal): Promise<Failure | null> {
    const ended = new Promise<Failure>(resolve => {
      signal.addEventListener('abort', () => resolve(stillReading), { once: true });
    });
    return Promise.race([this.#watch.trouble(), ended]);
  }

  close(): Promise<void> {
    return this.#watch.close();
  }
}

function dropOf({ folder, sftp, snapshots }: FileSettings, { findAddresses: find }: AdapterContext): Drop {
  return sftp === undefined ? openFolder(folder) : openSftp(sftp, { folder, snapshots, ...(find && { find }) });
}

const stillReading: Failure = { failure: failure.timeout, detail: 'the file is still being read', notActed: true };

/** The first file may take longer to read than a call has. */
async function within(deadline: number, work: Promise<void>): Promise<Failure | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Failure>(resolve => {
    timer = setTimeout(() => resolve(stillReading), deadline);
  });
  return Promise.race([work.then(() => undefined), late]).finally(() => clearTimeout(timer));
}
