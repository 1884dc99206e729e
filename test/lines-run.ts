/** From what V8 tells of a compiled file: which lines of its source ran. */
import { SourceMap, type SourceMapPayload } from 'node:module';

export interface Compiled {
  readonly text: string;
  readonly map: SourceMapPayload;
}

/** One function, and the parts of it that ran otherwise than what is around them; offsets into the text, the end not included. */
export interface FunctionRun {
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/**
 * Lines of the source, from 1, that have code and of which any of it ran. Empty lines, comments and types are no code.
 *
 * @param functions of one process; without any, all that could run
 */
export function linesRun({ text, map }: Compiled, functions: readonly FunctionRun[]): ReadonlySet<number> {
  const runs = new Uint8Array(text.length).fill(1);
  const ranges = functions.flatMap(each => each.ranges);
  // What is within another comes after it.
  ranges.sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset);
  for (const { startOffset, endOffset, count } of ranges) runs.fill(Math.min(count, 1), startOffset, endOffset);
  const source = new SourceMap(map);
  const lines = new Set<number>();
  let offset = 0;
  for (const [number, line] of text.split('\n').entries()) {
    const indent = line.search(/\S/);
    if (indent !== -1 && !notCode.test(line) && runs.subarray(offset + indent, offset + line.length).includes(1)) {
      const { originalLine } = source.findEntry(number, indent) as { readonly originalLine?: number };
      if (originalLine !== undefined) lines.add(originalLine + 1);
    }
    offset += line.length + 1;
  }
  return lines;
}

/** A line of a comment, or the compiler's own. */
const notCode = /^\s*(?:\/\/|\/\*|\*|export \{\};)/;
