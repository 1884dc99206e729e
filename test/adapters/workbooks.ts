/** Workbooks as another program writes them, and ones put together by hand for what no program would write. */
import { strToU8, zipSync } from 'fflate';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A sheet of rows, written out. */
export const sheetOf = (rows: string, root = 'worksheet'): string => {
  const [prefix = ''] = /^\w+:/.exec(root) ?? [];
  const declared = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
  return `${declaration}<${root} ${declared}="${main}"><${prefix}sheetData>${rows}</${prefix}sheetData></${root}>`;
};

/** Cells of text within themselves. */
export const rowOf = (number: number, ...cells: readonly string[]): string =>
  `<row r="${number}">${cells.map(cell => `<c t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`;

export interface Handmade {
  readonly sheet: string | Uint8Array;
  readonly shared?: string;
  readonly properties?: string;
  readonly relation?: string;
  /** Further parts, or others in the place of those that there would be. */
  readonly parts?: Readonly<Record<string, string | Uint8Array>>;
}

export function workbook({ sheet, shared, properties = '', relation, parts = {} }: Handmade): Uint8Array {
  const link = relation ?? '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>';
  const all: Record<string, string | Uint8Array> = {
    'xl/workbook.xml': `${declaration}<workbook xmlns="${main}" xmlns:r="${office}">${properties}<sheets><sheet name="一" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${declaration}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${link}</Relationships>`,
    'xl/worksheets/sheet1.xml': sheet,
    ...(shared === undefined ? {} : { 'xl/sharedStrings.xml': `${declaration}<sst xmlns="${main}">${shared}</sst>` }),
    ...parts,
  };
  const bytes = Object.entries(all).map(([name, part]) => [name, typeof part === 'string' ? strToU8(part) : part]);
  return zipSync(Object.fromEntries(bytes));
}
