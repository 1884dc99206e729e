/** Text as a terminal shows it: how many columns it takes, cut or padded to some, and with nothing in it that could steer the terminal. */
import { eastAsianWidth } from 'get-east-asian-width';

let segmenter: Intl.Segmenter | undefined;

/** What finds graphemes takes longer to make than most texts to show, and where each character stands for itself nothing has to be found. */
function graphemesOf(text: string): Iterable<{ readonly segment: string }> {
  if (plain.test(text)) return Array.from(text, segment => ({ segment }));
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

const plain = /^[ -~\u4e00-\u9fff]*$/;

/**
 * Controls, invisible and direction-changing characters: in data they could move the cursor, recolour or
 * reorder what whoever looks believes to read (CVE-2021-42574).
 */
const steering = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with each such character shown as its code point, such as `<U+001B>`. */
export const harmless = (text: string): string =>
  text.replace(
    steering,
    character => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );

/** JSON of any value, steering characters escaped as JSON itself would escape controls. */
export const harmlessJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent)
    .split('\n')
    .map(line =>
      line.replace(steering, character =>
        [...Array(character.length).keys()]
          .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
      ),
    )
    .join('\n');

/** Columns the text takes: two for a wide or fullwidth character (UAX #11), one for a letter with its marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The text in exactly so many columns: padded with spaces, or cut with `…` at its end. */
export function fit(text: string, width: number): string {
  const whole = displayWidth(text);
  if (whole <= width) return text + ' '.repeat(width - whole);
  if (width < 1) return '';
  let cut = '';
  let used = 0;
  for (const { segment } of graphemesOf(text)) {
    const next = used + graphemeWidth(segment);
    if (next > width - 1) break;
    cut += segment;
    used = next;
  }
  return `${cut}…${' '.repeat(width - 1 - used)}`;
}

/** The text in lines of at most so many columns, cut between words where there are any. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const { segment } of graphemesOf(text)) {
    const next = graphemeWidth(segment);
    if (used + next > width) {
      const space = segment === ' ' ? line.length : line.lastIndexOf(' ');
      lines.push(space > 0 ? line.slice(0, space) : line);
      line = space > 0 ? line.slice(space + 1) : '';
      used = displayWidth(line);
      if (segment === ' ' && line === '') continue;
    }
    line += segment;
    used += next;
  }
  return [...lines, line];
}

function graphemeWidth(grapheme: string): number {
  const first = grapheme.codePointAt(0);
  if (first === undefined || /^\p{Mark}/u.test(grapheme)) return 0;
  // An emoji is drawn wide when it asks for that with a variation selector.
  return grapheme.includes('\ufe0f') ? 2 : eastAsianWidth(first);
}
