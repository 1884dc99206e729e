/** Drives load at one URL with wrk where it is on the path, else with autocannon, and reads the same figures from both. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Taken in turn: paths for GET, bodies for POST. */
  readonly turns: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

export interface Figures {
  /** Answers with status 200 a second. */
  readonly rate: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Answers with another status, and connections that broke. */
  readonly errors: number;
}

export const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

export const drive = (load: Load): Promise<Figures> => (hasWrk ? driveWrk(load) : driveAutocannon(load));

async function driveWrk(load: Load): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'stile-bench-'));
  try {
    const script = join(folder, 'load.lua');
    writeFileSync(script, wrkScript(load));
    const threads = Math.min(2, load.connections);
    const output = await run('wrk', [
      `-t${threads}`,
      `-c${load.connections}`,
      `-d${load.seconds}s`,
      '-s',
      script,
      load.url,
    ]);
    const found = /^FIGURES (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(output);
    if (found === null) throw new Error(`wrk answered: ${output}`);
    const [requests, errors, microseconds, p50, p99] = found.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { rate: (requests - errors) / (microseconds / 1e6), p50_ms: p50 / 1000, p99_ms: p99 / 1000, errors };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function wrkScript({ method, headers, turns }: Load): string {
  const text = JSON.stringify;
  return `
    local turns = {${turns.map(turn => text(turn)).join(',')}}
    local headers = {${Object.entries(headers)
      .map(([name, value]) => `[${text(name)}]=${text(value)}`)
      .join(',')}}
    local requests, at = {}, 0
    function init()
      for i, turn in ipairs(turns) do
        requests[i] = wrk.format(${text(method)}, ${method === 'GET' ? 'turn, headers' : 'nil, headers, turn'})
      end
    end
    function request() at = at % #requests + 1; return requests[at] end
    function done(summary, latency)
      local e = summary.errors
      print(string.format("FIGURES %d %d %d %.1f %.1f", summary.requests,
        e.status + e.connect + e.read + e.write + e.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
    end`;
}

async function driveAutocannon({ url, method, headers, turns, connections, seconds }: Load): Promise<Figures> {
  const requests = turns.map(turn =>
    method === 'GET' ? { method, path: turn, headers } : { method, body: turn, headers },
  );
  const result = await autocannon({ url, connections, duration: seconds, requests });
  const errors = result.non2xx + result.errors + result.timeouts;
  return {
    rate: result['2xx'] / result.duration,
    p50_ms: result.latency.p50,
    p99_ms: result.latency.p99,
    errors,
  };
}

function run(command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      output += chunk;
    });
    child.on('error', reject).on('close', status => {
      if (status === 0) resolve(output);
      else reject(new Error(`${command} ended with ${status}: ${output}`));
    });
  });
}
