/** What the sample departments that speak XML share: text in an element, and a document that unpacks beyond measure. */

export const escapeXml = (text: string): string => text.replace(/[<>&]/g, found => `&#${found.charCodeAt(0)};`);

/** Puts entities that each hold the one before ten times behind the declaration, and the last of them into an element. */
export function withEntities(document: string, element: string): string {
  const entities = Array.from({ length: 12 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`).join('');
  return document
    .replace('?>', `?><!DOCTYPE r [<!ENTITY e0 "x">${entities}]>`)
    .replace(`<${element}>`, `<${element}>&e12;`);
}
