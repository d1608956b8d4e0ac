/** Runs one piece of work at a time, in the order asked. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

export function makeQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    // What failed is told to whoever asked for it, and does not stop the next.
    last = mine.catch(() => undefined);
    return mine;
  };
}
