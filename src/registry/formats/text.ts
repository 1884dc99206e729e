/** Which characters a text field may hold: nothing that hides, reorders or breaks what a reader sees. */
const longestAddress = 200;

/** Control, format, line-breaking, bidirectional, private, unpaired and never-assigned code points. */
function isHidden(point: number): boolean {
  if (point < 0x2000) {
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point === 0xad || point === 0x61c || point === 0x180e;
  }
  if (point <= 0x206f) {
    return (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) || point >= 0x2060;
  }
  if (point < 0xd800) return false;
  return point <= 0xf8ff || point === 0xfeff || (point >= 0xfff0 && point <= 0xffff) || point >= 0xe0000;
}

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0xa0 || unit === 0x3000;

/** One line of readable text, 1 to 200 code units, with no space at either end. */
export function isAddress(value: string): boolean {
  const length = value.length;
  if (length === 0 || length > longestAddress) return false;
  if (isSpace(value.charCodeAt(0)) || isSpace(value.charCodeAt(length - 1))) return false;
  for (let at = 0; at < length; at++) {
    const point = value.codePointAt(at) ?? 0;
    if (isHidden(point)) return false;
    if (point > 0xffff) at++;
  }
  return true;
}
