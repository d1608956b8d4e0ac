const MARK = 'sikka.handed-over';

export type HandOverShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * That a helper has this phone: kept where every tab and every start of the app sees it, because a
 * helper can reload, and must not find the way to remove everything there.
 */
export interface HandOverMark {
  set(): void;
  isSet(): boolean;
  /** After a right PIN: the owner is back. */
  clear(): void;
}

export function markHandOver(shelf: HandOverShelf): HandOverMark {
  return {
    set() {
      shelf.setItem(MARK, 'yes');
    },
    isSet: () => shelf.getItem(MARK) !== null,
    clear() {
      shelf.removeItem(MARK);
    },
  };
}
