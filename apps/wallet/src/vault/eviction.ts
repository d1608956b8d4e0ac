const MARK = 'sikka.vault';

export type EvictionShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Whether a vault was here and is gone: a browser that clears databases when the phone runs full,
 * or a person who cleared them, leaves this mark where it clears only those.
 */
export interface EvictionWatch {
  /** A vault is here now. */
  seen(): void;
  /** True where the mark speaks of a vault that is no longer there. */
  wasHere(): boolean;
  /** It went because somebody wanted it. */
  forget(): void;
}

export function watchEviction(shelf: EvictionShelf): EvictionWatch {
  return {
    seen() {
      if (shelf.getItem(MARK) === null) shelf.setItem(MARK, 'here');
    },
    wasHere: () => shelf.getItem(MARK) !== null,
    forget() {
      shelf.removeItem(MARK);
    },
  };
}
