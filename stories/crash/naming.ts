import type { Statement } from '@sikka/bank/testing';

/** A statement, named so that the same one has the same name in another run. */
export interface Named {
  /** Its text; of the end of a transaction also what it ends. */
  readonly what: string;
  /** How often that was heard by then. */
  readonly times: number;
}

/** Connections of a pool are taken in any order and are no part of a name. */
export function createNaming(): (statement: Statement) => Named {
  const last = new Map<number, string>();
  const heard = new Map<string, number>();
  return ({ connection, text }) => {
    const said = text.replace(/\s+/g, ' ').trim();
    const isEnd = /^(commit|rollback)/.test(said);
    const what = isEnd ? `${said} of ${last.get(connection) ?? 'nothing'}` : said;
    if (!isEnd) last.set(connection, said);
    const times = (heard.get(what) ?? 0) + 1;
    heard.set(what, times);
    return { what, times };
  };
}

export function isSame(one: Named, other: Named): boolean {
  return one.what === other.what && one.times === other.times;
}
