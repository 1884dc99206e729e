/** Stands between the gateway and PostgreSQL, and hangs, cuts or refuses connections at the moment that a test asks for. */
import { type AddressInfo, createServer, connect as dial, type NetConnectOpts, type Socket } from 'node:net';
import pg from 'pg';

export interface CutProxy {
  /** Connection string of the same database through the proxy. */
  readonly database: string;
  /** Forwards again; what was held back meanwhile is not made up for, so those connections stay hung. */
  pass(): void;
  /** From now on forwards nothing, either way, on connections old and new. */
  hang(): void;
  /** Cuts every connection, and every new one at once, until {@link pass}. */
  refuse(): void;
  /** Cuts every connection once. */
  cut(): void;
  /** Holds back what either side says, on connections old and new, as when the process is paused; {@link release} lets it go on. */
  hold(): void;
  release(): void;
  /** From now on leads to another server, as a switch in front of a primary and its standby does; old connections are cut. */
  turnTo(database: string): void;
  /** Cuts the connection on which a client's message with this text comes next, before it reaches the server. */
  cutBefore(text: string): Promise<void>;
  /**
   * Cuts it once the server has done what that message asks, before the answer reaches the client. One that the server refuses,
   * as what takes longer than its deadline, is none.
   */
  cutAfter(text: string): Promise<void>;
  /** Lets that message through but never the answer; the connection hangs from then on. */
  hangAfter(text: string): Promise<void>;
  /**
   * Hangs the connection on which the so-many-th message of any client comes next: before it reaches the server, or once the
   * server has answered it. A goodbye, which has no answer, does not count.
   *
   * @param number from 1
   */
  hangAt(number: number, moment: Moment): Promise<void>;
  /** Forgets what was to happen to a message that has not come. */
  disarm(): void;
  /**
   * Cuts it on the client's side alone, and keeps the message back: the server gets it, and goes on with it, when the
   * returned function is called.
   */
  deliverLate(text: string): Promise<() => void>;
}

export type Moment = 'before' | 'after';

interface Ending {
  teardown(done: () => Promise<void>): unknown;
}

/** What is to happen when a message comes by. */
interface Trap {
  readonly isMet: (message: Buffer) => boolean;
  /** Whether this answer is one that the trap waits for; another goes through, and the trap stays set. */
  readonly isAnswered: (answer: Buffer) => boolean;
  readonly kind: 'cut-before' | 'cut-after' | 'hang-before' | 'hang-after' | 'deliver-late';
  readonly sprung: (deliver: () => void) => void;
}

/** @param database connection string of the real server, over TCP or a Unix socket */
export async function openCutProxy(t: Ending, database: string): Promise<CutProxy> {
  let target = addressOf(database);
  const sockets = new Set<Socket>();
  let mode: 'pass' | 'hang' | 'refuse' = 'pass';
  let isHeld = false;
  let trap: Trap | null = null;

  const server = createServer(client => {
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    const upstream = dial(target);
    /** Set when the answer to a trap's message is awaited, which the client shall not see. */
    let awaiting: Trap | null = null;
    let isHung = false;
    let isLate = false;

    const end = () => {
      // Closed before an answer came, as by a client that waits no longer: the trap is for the next such message.
      trap ??= awaiting;
      awaiting = null;
      client.destroy();
      if (!isLate) upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', bytes => {
      if (mode === 'hang') isHung = true;
      if (isHung) return;
      if (!trap?.isMet(bytes)) {
        upstream.write(bytes);
        return;
      }
      const met = trap;
      trap = null;
      if (met.kind === 'cut-after' || met.kind === 'hang-after') {
        awaiting = met;
        upstream.write(bytes);
        return;
      }
      isHung = true;
      isLate = met.kind === 'deliver-late';
      if (met.kind !== 'hang-before') end();
      met.sprung(isLate ? () => upstream.write(bytes) : nothing);
    });
    upstream.on('data', bytes => {
      if (mode === 'hang') isHung = true;
      if (isHung) return;
      if (awaiting?.isAnswered(bytes) !== true) {
        trap ??= awaiting;
        awaiting = null;
        client.write(bytes);
        return;
      }
      const { kind, sprung } = awaiting;
      awaiting = null;
      isHung = true;
      if (kind === 'cut-after') end();
      sprung(nothing);
    });
    // Not before there are listeners, which set a socket going that was paused by nobody.
    if (isHeld) for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  function setAt(how: Omit<Trap, 'sprung'>): Promise<() => void> {
    return new Promise(resolve => {
      trap = { ...how, sprung: resolve };
    });
  }
  const set = (kind: Trap['kind'], text: string) =>
    setAt({ kind, isMet: message => message.includes(text), isAnswered: answer => !isRefusal(answer) });
  const setUnanswered = async (kind: Trap['kind'], text: string): Promise<void> => void (await set(kind, text));

  t.teardown(async () => {
    cut();
    await new Promise(resolve => server.close(resolve));
  });
  const url = new URL(database);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    database: url.href,
    pass() {
      mode = 'pass';
    },
    hang() {
      mode = 'hang';
    },
    refuse() {
      mode = 'refuse';
      cut();
    },
    cut,
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    turnTo(other) {
      target = addressOf(other);
      cut();
    },
    cutBefore: text => setUnanswered('cut-before', text),
    cutAfter: text => setUnanswered('cut-after', text),
    disarm() {
      trap = null;
    },
    async hangAt(number, moment) {
      let left = number;
      const isMet = (message: Buffer) => !message.equals(goodbye) && --left === 0;
      await setAt({ kind: `hang-${moment}`, isMet, isAnswered: () => true });
    },
    deliverLate: text => set('deliver-late', text),
    hangAfter: text => setUnanswered('hang-after', text),
  };
}

function addressOf(database: string): NetConnectOpts {
  const { host, port } = new pg.Client({ connectionString: database });
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

/** Terminate (PostgreSQL 15, section 55.7). */
const goodbye = Buffer.from([0x58, 0, 0, 0, 4]);

/** Whether an ErrorResponse is among the messages (PostgreSQL 15, section 55.7). */
function isRefusal(answer: Buffer): boolean {
  for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readUInt32BE(at + 1)) if (answer[at] === 0x45) return true;
  return false;
}

const nothing = (): void => {};
