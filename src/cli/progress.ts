/** A line of progress on a terminal: how much is done, how fast, and what is left. */
import type { Writable } from 'node:stream';
import type { Language, Text } from '../text.js';

export interface Progress {
  /** @param total may grow */
  show(done: number, total: number): void;
  /** Takes the line away. */
  clear(): void;
}

const barWidth = 24;
/** Between two lines, milliseconds. */
const pause = 200;

/**
 * @param stream shows nothing where it is no terminal
 * @param now milliseconds; defaults to the clock
 */
export function openProgress(
  stream: Writable & { readonly isTTY?: boolean },
  language: Language,
  now: () => number = Date.now,
): Progress {
  const begun = now();
  let first: number | undefined;
  let shown = 0;
  return {
    show(done, total) {
      // What a verification that is resumed had done before says nothing of its rate.
      first ??= done;
      if (stream.isTTY !== true || now() - shown < pause) return;
      shown = now();
      stream.write(`\r\u001b[K${progressLine({ done, total, first, seconds: (now() - begun) / 1000 }, language)}`);
    },
    clear() {
      if (shown > 0) stream.write('\r\u001b[K');
    },
  };
}

export interface Done {
  readonly done: number;
  readonly total: number;
  /** What was done before the first second. */
  readonly first: number;
  readonly seconds: number;
}

export function progressLine({ done, total, first, seconds }: Done, language: Language): string {
  const part = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.floor(part * barWidth);
  const rate = seconds > 0 ? (done - first) / seconds : 0;
  const left = rate > 0 ? Math.ceil((total - done) / rate) : undefined;
  return words[language]
    .replace('%bar', '█'.repeat(filled) + '░'.repeat(barWidth - filled))
    .replace('%part', String(Math.floor(part * 100)))
    .replace('%done', grouped(done))
    .replace('%total', grouped(total))
    .replace('%rate', grouped(Math.round(rate)))
    .replace('%left', left === undefined ? '–' : clock(left));
}

const words: Text = {
  zh: '%bar %part%  %done / %total 条，每秒 %rate 条，剩余 %left',
  en: '%bar %part%  %done of %total entries, %rate a second, %left left',
};

const grouped = (number: number): string => number.toLocaleString('en');

/** `1:02:03`, `2:03` */
function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [first, ...rest.map(part => String(part).padStart(2, '0'))].join(':');
}
