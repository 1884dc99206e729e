/** What a sample department writes down of each request, and exports as departments do: a CSV file with a header. */
import { csvCell } from './csv.js';

export interface AccessLog {
  note(requestId: string, operation: string): void;
  /** Of all requests, oldest first; the latest 100,000 or more. */
  requestIds(): readonly string[];
  /** The requests of one interface, oldest first: `time,requestId,operation` (RFC 4180). */
  export(operation: string): string;
}

interface Line {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  readonly requestId: string;
  readonly operation: string;
}

const mostLines = 200_000;

export function openAccessLog(): AccessLog {
  let lines: Line[] = [];
  return {
    note(requestId, operation) {
      if (lines.length >= mostLines) lines = lines.slice(mostLines / 2);
      lines.push({ time: Date.now(), requestId, operation });
    },
    requestIds: () => lines.map(({ requestId }) => requestId),
    export: operation =>
      ['time,requestId,operation', ...lines.filter(line => line.operation === operation).map(textOf), ''].join('\r\n'),
  };
}

/** The id is the caller's own text. */
const textOf = ({ time, requestId, operation }: Line): string =>
  [new Date(time).toISOString(), csvCell(requestId), operation].join(',');
