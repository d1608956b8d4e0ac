/** Does one piece of work at a time, over all tabs. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/** Tabs move money at the bank one after the other. */
export const aloneInAllTabs: Alone = (work) => navigator.locks.request('sikka-moves', work);
