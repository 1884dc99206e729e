/** Asks departments' databases: one statement a service, its parameters bound, in a transaction that can only read. */
import type { SqlService } from '../schemas/stile/adapters/sql-service.js';
import serviceSchema from '../schemas/stile/adapters/sql-service.json' with { type: 'json' };
import type { SqlSettings } from '../schemas/stile/adapters/sql-settings.js';
import settingsSchema from '../schemas/stile/adapters/sql-settings.json' with { type: 'json' };
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Call,
  type ContractShape,
  type Failure,
  failure,
  type JsonObject,
  type SettingFault,
} from './adapter.js';
import { compiledOnce } from './compiled-service.js';
import { namedSqlFields } from './mapping-fields.js';
import { defaultUtcOffset, direction, type MappingScope } from './mapping-scope.js';
import { retrying } from './retry.js';
import { type RuleFault, settingFault } from './rule-fault.js';
import { compileTable, defaultRowLimit, type TableReader } from './sql-answer.js';
import { SqlConnections, type SqlWork } from './sql-connections.js';
import { type SqlDriver, type SqlTable, sqlDrivers } from './sql-driver.js';
import { examine, refusalFault } from './sql-examine.js';
import { compileSqlQuestion, type SqlQuestion } from './sql-question.js';
import type { SqlRefusal, SqlShape } from './sql-shape.js';
import { probeLimits } from './transport.js';

interface CompiledService extends SqlQuestion {
  readonly answer: TableReader;
  readonly rowLimit: number;
}

export const adapter: AdapterModule = {
  kind: 'sql',
  settingsSchema,
  serviceSchema,
  concurrency: 8,
  onlyReads: true,
  check(settings, ask) {
    const faults: SettingFault[] = [];
    const report = (pointer: string, fault: RuleFault): void => void faults.push(settingFault(pointer, fault));
    compileService(ask as unknown as SqlService, settings as unknown as SqlSettings, report);
    return faults;
  },
  names: ask => namedSqlFields(ask as unknown as SqlService),
  open: (settings, context) => new SqlAdapter(settings as unknown as SqlSettings, context),
};

function compileService(
  service: SqlService,
  { codes = {}, utcOffset = defaultUtcOffset }: SqlSettings,
  report: MappingScope['report'],
): CompiledService {
  const scope = { codes, utcOffset, report };
  return {
    ...compileSqlQuestion(service, { ...scope, direction: direction.toDepartment }),
    answer: compileTable(service, { ...scope, direction: direction.toContract }),
    rowLimit: service.rowLimit ?? defaultRowLimit,
  };
}

interface Open {
  readonly driver: SqlDriver;
  readonly connections: SqlConnections;
}

class SqlAdapter implements Adapter {
  readonly #settings: SqlSettings;
  readonly #context: AdapterContext;
  readonly #open: Promise<Open | Failure>;
  readonly #serviceOf: (ask: JsonObject) => CompiledService;

  constructor(settings: SqlSettings, context: AdapterContext) {
    this.#settings = settings;
    this.#serviceOf = compiledOnce((ask, report) => compileService(ask as unknown as SqlService, settings, report));
    this.#context = context;
    this.#open = this.#load();
    warn(settings, context);
  }

  async ask(request: JsonObject, call: Call): Promise<Answer | Failure> {
    const service = this.#serviceOf(call.ask);
    const made = await service.values(request);
    if ('fault' in made) return { failure: failure.rejected, detail: `not asked: ${made.fault}`, notActed: true };
    const open = await this.#open;
    if ('failure' in open) return open;
    const { text, order } = open.driver.write(service.statement);
    const { rowLimit } = service;
    const { utcOffset = defaultUtcOffset } = this.#settings;
    const { readJson } = this.#context;
    const { requestId, depthLimit, replyLimit: bytes } = call;
    const values = order.map(name => made.values.get(name) ?? null);
    const read: SqlWork<SqlTable> = (connection, time) =>
      connection.read({ text, values, time, rowLimit, utcOffset, requestId, depthLimit, readJson });
    const found = await retrying<SqlTable>(
      time => open.connections.use({ time, bytes }, read),
      call.deadline,
      call.retries,
      () => false,
    );
    return 'failure' in found ? found : service.answer(found, request);
  }

  async probe(signal: AbortSignal): Promise<Failure | null> {
    const open = await this.#open;
    if ('failure' in open) return open;
    const found = await open.connections.use<object>({ ...probeLimits, signal }, async connection => {
      return (await connection.ping()) ?? {};
    });
    return 'failure' in found ? found : null;
  }

  async examine(
    ask: JsonObject,
    contract: ContractShape,
    signal: AbortSignal,
  ): Promise<readonly SettingFault[] | Failure> {
    const open = await this.#open;
    if ('failure' in open) return open;
    const service = ask as unknown as SqlService;
    const { text, order } = open.driver.write(this.#serviceOf(ask).statement);
    const found = await open.connections.use<SqlShape | SqlRefusal>({ ...probeLimits, signal }, (connection, time) =>
      connection.describe(text, order.length, time),
    );
    if ('failure' in found) return found;
    if ('refused' in found) return [refusalFault(found)];
    const { codes = {}, utcOffset = defaultUtcOffset } = this.#settings;
    const scope = { codes, utcOffset, report: () => undefined, direction: direction.toContract };
    return examine(service, order, found, contract, scope);
  }

  async close(): Promise<void> {
    const open = await this.#open;
    if ('connections' in open) await open.connections.close();
  }

  async #load(): Promise<Open | Failure> {
    const name = this.#settings.driver;
    try {
      const driver = await sqlDrivers[name]();
      return { driver, connections: new SqlConnections(this.#settings, driver, this.#context.findAddresses) };
    } catch (error) {
      this.#context.logger.error({ err: error, driver: name }, 'the library of this database is not installed');
      return { failure: failure.unreachable, detail: `no library for ${name}`, notActed: true };
    }
  }
}

function warn({ host, unverifiedTls, unencrypted }: SqlSettings, { logger }: AdapterContext): void {
  if (unencrypted === true) logger.warn({ host }, 'unencrypted is set: what passes to and from this database is open');
  else if (unverifiedTls === true) {
    logger.warn({ host }, 'unverifiedTls is set: the certificate of this system is not verified');
  }
}
