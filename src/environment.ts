/** What the environment variables say about this gateway: where it listens and where it finds what it needs. */
import { OperatorError } from './operator-error.js';

export interface Environment {
  readonly host: string;
  readonly port: number;
  /** Connection string of the store; absent: the gateway starts its own. */
  readonly databaseUrl: string | undefined;
  /** The same as the owner of its tables, for migrations alone; absent: `databaseUrl`. */
  readonly ownerUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly dataFolder: string;
  readonly configFolder: string;
  readonly schemasFolder: string;
  /** Seconds for which a gateway that is told to stop still takes work, so that load balancers notice first. */
  readonly drainSeconds: number;
  readonly logLevel: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the environment; an empty variable counts as unset.
 *
 * @param sandbox whether somebody tries it out at a terminal: then it logs warnings only, and stops at once
 * @throws OperatorError when a variable makes no sense
 */
export function readEnvironment(variables: Variables, sandbox: boolean): Environment {
  const logLevel = variables.LOG_LEVEL || (sandbox ? 'warn' : 'info');
  if (!logLevels.includes(logLevel)) throw wrong('LOG_LEVEL', logLevel, logLevels.join(', '));
  return {
    host: variables.HOST || '127.0.0.1',
    port: numberIn(variables, 'PORT', 8080, 65_535),
    databaseUrl: variables.DATABASE_URL || undefined,
    ownerUrl: variables.STILE_OWNER_URL || undefined,
    redisUrl: variables.REDIS_URL || undefined,
    dataFolder: variables.STILE_DATA || 'data',
    configFolder: variables.STILE_CONFIG || 'config',
    schemasFolder: variables.STILE_SCHEMAS || 'schemas',
    drainSeconds: numberIn(variables, 'STILE_DRAIN', sandbox ? 0 : 5, 3600),
    logLevel,
  };
}

function numberIn(variables: Variables, name: string, fallback: number, largest: number): number {
  const value = variables[name];
  if (!value) return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > largest) throw wrong(name, value, `0 - ${largest}`);
  return number;
}

const wrong = (name: string, value: string, right: string): OperatorError =>
  new OperatorError({
    zh: `环境变量 ${name} 的值“${value}”不对；应为：${right}。`,
    en: `The environment variable ${name} is "${value}"; it should be one of: ${right}.`,
  });
