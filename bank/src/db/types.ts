import pg from 'pg';

const int8 = 20;
const int8Array = 1016;
const date = 1082;
const timestamp = 1114;

/** Money is bigint up to the database (spec/identifiers.md): int8 is never a number or text. */
function parseInt8Array(text: string): (bigint | null)[] {
  const inner = text.slice(1, -1);
  if (inner === '') return [];
  return inner.split(',').map((item) => (item === 'NULL' ? null : BigInt(item)));
}

const parsers = new Map<number, (text: string) => unknown>([
  [int8, (text) => BigInt(text)],
  [int8Array, parseInt8Array],
  // The driver would read these two in the machine's own time zone.
  [date, (text) => text],
  [timestamp, (text) => text],
]);

/** Type parsers for one connection; the driver's global table is left alone. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    // The driver's table is declared as `any`.
    return own ?? (pg.types.getTypeParser(oid, format) as (text: string) => unknown);
  },
};
