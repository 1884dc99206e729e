/** A schema's text as the formatter of this project lays it out: short lists in one line. */
export const schemaText = (schema: object): string =>
  `${JSON.stringify(schema, null, 2).replace(/\[\s+("[^"\]]*"(?:,\s+"[^"\]]*")*)\s+\]/g, (_, items: string) => `[${items.replace(/,\s+/g, ', ')}]`)}\n`;
