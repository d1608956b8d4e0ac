/** RFC 4180 §2.1. */
const END = '\r\n';
/** Without it spreadsheets take UTF-8 for something else. */
const BYTE_ORDER_MARK = '\ufeff';

/** At a cell's begin, also where a program takes `;`, a tab or `|` for the end of a cell. */
const FORMULA = /(^|[,;|\t\r\n])(["'\s]*)(?=[=+\-@＝＋－＠])/gu;

/** A table as a file for spreadsheets; its first row names the columns. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => row.map(cell).join(',') + END).join('');
}

/**
 * One cell. Spreadsheets carry out what begins with `= + - @`, and names come from others: behind
 * an apostrophe it stays text.
 */
function cell(text: string): string {
  const plain = text.replaceAll(/[\u2066-\u2069]/g, '');
  const harmless = plain.replace(FORMULA, `$1$2'`);
  return /[",\r\n;|\t']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
