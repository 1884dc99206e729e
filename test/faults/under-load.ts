/** A gateway on a database server of the test's own, and callers that ask without end while something happens to that server. */
import { setTimeout as pause } from 'node:timers/promises';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type Test, type TestGateway } from '../gateway.js';
import { until } from '../until.js';
import { account, exchangeTraced, type Traced } from './account.js';
import type { Server } from './server.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
/** Milliseconds of the ledger's: short, so that what hangs costs the test little. */
const ledgerSettings = { deadline: 2500, statementDeadline: 600, lease: 1200 };
const callers = 12;

export interface Load {
  /** What each caller was told, as it comes. */
  readonly told: readonly Traced[];
  /** Resolves once one more caller was told so. */
  untilTold(status: number): Promise<void>;
  stop(): Promise<void>;
}

type AccountTest = Parameters<typeof account>[0];
export type Asked = Pick<TestGateway, 'exchange' | 'call'>;
/** A server of somebody else's is taken to run. */
export type Store = Pick<Server, 'database'> & Partial<Pick<Server, 'isRunning' | 'start'>>;

/**
 * A gateway whose store is on that server.
 *
 * @param deadline of an append, milliseconds
 */
export function openGatewayOn(
  t: Test,
  { database }: Pick<Server, 'database'>,
  deadline = ledgerSettings.deadline,
): Promise<TestGateway> {
  return openGateway(t, {
    store: database,
    change: registry => ({
      ...registry,
      settings: { ...registry.settings, ledger: { ...registry.settings.ledger, ...ledgerSettings, deadline } },
    }),
  });
}

export function startLoad(gateway: Asked): Load {
  const told: Traced[] = [];
  let stopped = false;
  const caller = async () => {
    while (!stopped) {
      // A gateway that is gone, or hangs, tells nobody anything.
      const traced = await exchangeTraced(gateway, marriage, { residentId }).catch(() => undefined);
      if (traced !== undefined) told.push(traced);
      if (traced?.answer.status !== 200) await pause(20);
    }
  };
  const calling = Array.from({ length: callers }, caller);
  return {
    told,
    untilTold(status) {
      const known = told.length;
      return until(() => told.slice(known).some(({ answer }) => answer.status === status));
    },
    async stop() {
      stopped = true;
      await Promise.all(calling);
    },
  };
}

/**
 * Asserts that the gateway survives what happens to its server under load: it serves again by itself, whoever got nothing
 * was told that there is no record, and all that anyone was told is in the ledger, once.
 *
 * @param happen resolves when it is over; a server that is down then is started, as its operator would
 * @param besides codes that callers may be told as well
 */
export async function underLoad(
  t: AccountTest,
  gateway: Asked,
  server: Store,
  happen: (load: Load) => Promise<void>,
  besides: readonly string[] = [],
): Promise<void> {
  const load = startLoad(gateway);
  await load.untilTold(200);
  await happen(load);
  await until(async () => {
    if (server.isRunning?.() === false) await server.start?.();
    return (await gateway.call('/health/ready')).status === 200;
  });
  await load.untilTold(200);
  await load.stop();
  const codes = new Set(load.told.map(({ answer }) => answer.body?.code));
  for (const code of [undefined, 'STILE_RECORD_UNAVAILABLE', ...besides]) codes.delete(code);
  t.same([...codes], [], 'whoever got nothing was told that there is no record');
  await account(t, server, load.told);
}
