/** A row as PostgreSQL sends it: a column that is null is `null` here and nowhere further in. */
export type Row = Readonly<Record<string, unknown>>;

export interface Rows<R> {
  readonly rows: readonly R[];
  /** Rows returned or changed. */
  readonly rowCount: number;
}

/**
 * What a `store.ts` needs: one statement with its parameters (`$1`, `$2` …).
 *
 * Types: int8 ↔ bigint (also arrays), timestamptz ↔ Date, bytea ↔ Buffer, date and numeric as
 * text, json parsed. An array parameter becomes a PostgreSQL array: for a json column pass
 * `JSON.stringify(value)`. The row type is the caller's claim about its own SQL.
 */
export interface Db {
  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<Rows<R>>;
}
