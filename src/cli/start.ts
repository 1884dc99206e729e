/** `stile start`: the gateway; with `--sandbox` also the sample departments, and a call to try at once. */
import { parseArgs } from 'node:util';
import type { HeldBack } from '../configuration/held-back.js';
import { ConfigError, type Server, serve } from '../server.js';
import { harmless } from './display.js';
import { faultText } from './fault-text.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile start [--sandbox]

  --sandbox        also run the sample departments' systems, on free ports and under random secrets

  HOST, PORT       where to listen (127.0.0.1, 8080)
  DATABASE_URL     the store, a PostgreSQL 15 or newer; without it the gateway starts its own under STILE_DATA
  STILE_OWNER_URL  the same store as the owner of its tables, for migrations alone; without it DATABASE_URL
  REDIS_URL        where replicas count limits together; without it each counts its own
  STILE_DATA       keys, and the gateway's own PostgreSQL (data)
  STILE_CONFIG     config
  STILE_SCHEMAS    schemas
  STILE_DRAIN      seconds of taking work after being told to stop, for load balancers to notice (5; sandbox 0)
  LOG_LEVEL        info; sandbox warn`;

/** @returns 0 once it was told to stop, 1 when config has faults */
export async function run(words: string[]): Promise<number> {
  const { values } = parseArgs({ args: words, options: { sandbox: { type: 'boolean', default: false } } });
  try {
    await serve({ variables: process.env, sandbox: values.sandbox, ready });
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(faultText(error.faults, terminalOf(process.stderr, process.env)));
    return 1;
  }
}

async function ready(server: Server): Promise<void> {
  const terminal = terminalOf(process.stdout, process.env);
  if (server.registry.sandbox) {
    const { greeting } = await import('./sandbox-greeting.js');
    console.log(await greeting(server, terminal));
  } else console.log(`${words.ready[terminal.language]} ${server.url}`);
  if (server.heldBack !== undefined) console.log(`\n${heldBackText(server.heldBack, terminal)}`);
}

/** Whoever starts it expects the files to be in force. */
function heldBackText({ record, staff }: HeldBack, terminal: Terminal): string {
  const text = words.heldBack[terminal.language];
  return paint(text.replace('%1', record).replace('%2', harmless(staff?.id ?? '?')), 'yellow', terminal);
}

const words = {
  ready: { zh: '越篱已就绪', en: 'Stile is ready' },
  heldBack: {
    zh: '注意：配置文件未生效。它们已被 %2 回退（记录 %1），正在使用的是回退后的配置。改正文件后会自动生效（reload: manual 时用 stile apply）；要原样启用，用 stile apply 或 SIGHUP。',
    en: 'Note that the config files are not in force: %2 rolled back from them (record %1), and the config from then on serves. Mended files are taken up by themselves (under reload: manual by stile apply); as they are, by stile apply or SIGHUP.',
  },
};
