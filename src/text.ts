/** A text in both languages that every user may choose from. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type Language = keyof Text;

/**
 * Chooses the language of an answer by `Accept-Language` (RFC 9110, section 12.5.4).
 *
 * @param header the header's value; absent or naming neither language means English
 */
export function languageOf(header: string | undefined): Language {
  if (header === undefined) return 'en';
  let best: Language = 'en';
  let weight = 0;
  for (const range of header.split(',')) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const primary = tag.split('-')[0];
    if (primary !== 'zh' && primary !== 'en') continue;
    const quality = parameters.map(p => p.trim()).find(p => p.startsWith('q='));
    const q = quality === undefined ? 1 : Number(quality.slice(2));
    if (q > weight) {
      best = primary;
      weight = q;
    }
  }
  return best;
}
