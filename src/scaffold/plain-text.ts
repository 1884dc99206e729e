/** Texts that somebody typed, written into YAML so that they are read back as just that. */

/** What YAML reads as the same text, in a flow mapping too, and as nothing but text. */
const plain = /^[\p{L}（）][\p{L}\p{N}（）()\-./@ ·、]*[\p{L}\p{N}（）)]$/u;
const otherwise = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** The text as a scalar, in quotes where it needs them. */
export const scalar = (text: string): string =>
  plain.test(text) && !otherwise.test(text) && !text.includes(' -') ? text : JSON.stringify(text);
