import { strToU8, zipSync } from 'fflate'

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const LINKS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
// 0 plain, 1 a day, 2 a day and its time
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`

/** Cells of a sheet as XML; the reference of each is put in. */
export type SheetRow = (string | null)[]

export const text = (value: string) => ` t="inlineStr"><is><t xml:space="preserve">${value}</t></is></c>`
export const number = (value: string, style = 0) => ` s="${style}"><v>${value}</v></c>`
export const typed = (type: string, value: string) => ` t="${type}"><v>${value}</v></c>`

export function sheetXml(rows: Record<number, SheetRow>): string {
  const cell = (xml: string | null, at: number, row: string) => xml === null ? '' : `<c r="${String.fromCharCode(65 + at)}${row}"${xml}`
  return `${XML}<worksheet xmlns="${MAIN}"><sheetData>${Object.entries(rows).map(([row, cells]) => `<row r="${row}">${cells.map((xml, at) => cell(xml, at, row)).join('')}</row>`).join('')}</sheetData></worksheet>`
}

/** The parts of a workbook with these sheets, as Excel names them. */
export function workbookParts(sheets: Record<string, string>): Record<string, Uint8Array> {
  const names = Object.keys(sheets)
  const parts = {
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${LINKS}"><sheets>${names.map((name, at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names.map((_, at) => `<Relationship Id="rId${at + 1}" Type="${LINKS}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`).join('')}<Relationship Id="rIdS" Type="${LINKS}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': STYLES,
    ...Object.fromEntries(names.map((name, at) => [`xl/worksheets/sheet${at + 1}.xml`, sheets[name]!])),
  }
  return Object.fromEntries(Object.entries(parts).map(([path, xml]) => [path, strToU8(xml)]))
}

export function workbook(sheets: Record<string, string>): Buffer {
  return Buffer.from(zipSync(workbookParts(sheets)))
}
