/** A person's name as registers hold it: Han or Latin letters, with one separator at a time between them. */
const longest = 60;

/** Han, Unicode 16: the unified ideographs and their extensions, compatibility ideographs, and the zero 〇. */
function isHan(point: number): boolean {
  return (
    (point >= 0x4e00 && point <= 0x9fff) ||
    (point >= 0x3400 && point <= 0x4dbf) ||
    point === 0x3007 ||
    (point >= 0xf900 && point <= 0xfad9) ||
    (point >= 0x20000 && point <= 0x323af)
  );
}

/** Latin letters: ASCII, Latin-1, Extended-A and -B, Extended Additional. */
function isLatin(point: number): boolean {
  if (point < 0x80) return (point >= 0x41 && point <= 0x5a) || (point >= 0x61 && point <= 0x7a);
  if (point < 0x250) return point >= 0xc0 && point !== 0xd7 && point !== 0xf7;
  return point >= 0x1e00 && point <= 0x1eff;
}

const middleDot = 0xb7;
const space = 0x20;
const fullStop = 0x2e;
const isSeparator = (point: number): boolean =>
  point === middleDot || point === space || point === 0x2d || point === 0x27 || point === 0x2019;

/**
 * Whether it is a personal name: 1 to 60 code units, `·` (U+00B7) between the parts of a minority's or a translated name,
 * spaces, hyphens, apostrophes and abbreviating full stops in a foreigner's.
 */
export function isPersonalName(value: string): boolean {
  const length = value.length;
  if (length === 0 || length > longest) return false;
  let previous = middleDot;
  for (let at = 0; at < length; at++) {
    const point = value.codePointAt(at) ?? 0;
    if (point > 0xffff) at++;
    const afterLetter = previous !== fullStop && !isSeparator(previous);
    if (isSeparator(point)) {
      if (!afterLetter && !(previous === fullStop && point === space)) return false;
    } else if (point === fullStop) {
      if (!afterLetter || isHan(previous)) return false;
    } else if (previous === fullStop || !(isHan(point) || isLatin(point))) return false;
    previous = point;
  }
  return !isSeparator(previous);
}
