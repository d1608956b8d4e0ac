/** A stream of rows of which the next can be looked at before it is taken. */
export interface Reader<R> {
  peek(): Promise<R | undefined>;
  take(): Promise<R | undefined>;
  /** Stops reading. Also where all was read. */
  close(): Promise<void>;
}

export function readerOf<R>(rows: AsyncGenerator<R>): Reader<R> {
  let held: { readonly row: R | undefined } | undefined;
  const peek = async () => {
    if (held === undefined) {
      const next = await rows.next();
      held = { row: next.done === true ? undefined : next.value };
    }
    return held.row;
  };
  return {
    peek,
    take: async () => {
      const row = await peek();
      if (row !== undefined) held = undefined;
      return row;
    },
    close: async () => {
      await rows.return(undefined);
    },
  };
}

/**
 * Reads two streams in one order side by side: `both` for each pair of rows that compare as equal,
 * `onlyLeft` and `onlyRight` for rows whose partner is missing. Each row of the left may have one
 * partner; a second row of the right with the same key is `onlyRight`.
 */
export async function sideBySide<L, R>(options: {
  readonly left: AsyncGenerator<L>;
  readonly right: AsyncGenerator<R>;
  /** Negative where the left comes first. */
  readonly compare: (left: L, right: R) => number;
  readonly both: (left: L, right: R) => void;
  readonly onlyLeft: (left: L) => void;
  readonly onlyRight: (right: R) => void;
}): Promise<void> {
  const left = readerOf(options.left);
  const right = readerOf(options.right);
  try {
    for (;;) {
      const [one, other] = [await left.peek(), await right.peek()];
      if (one === undefined && other === undefined) return;
      const order = orderOf(one, other, options.compare);
      if (order <= 0) await left.take();
      if (order >= 0) await right.take();
      if (order < 0 && one !== undefined) options.onlyLeft(one);
      if (order > 0 && other !== undefined) options.onlyRight(other);
      if (order === 0 && one !== undefined && other !== undefined) options.both(one, other);
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

/** What has come to its end comes after everything. */
function orderOf<L, R>(
  left: L | undefined,
  right: R | undefined,
  compare: (left: L, right: R) => number,
): number {
  if (left === undefined) return 1;
  return right === undefined ? -1 : compare(left, right);
}

export function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
