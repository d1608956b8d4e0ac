import type { Db } from '../db/index.ts';
import { close } from './store.ts';

/**
 * Closes the books until a moment: what moves afterwards is not dated before it, so that what was
 * told of that time stays true. Whoever has a clock that is behind is refused (SK005, which counts
 * as the database being away: the same request passes elsewhere, or later). False, with nothing
 * done, where the moment is less than `afterMs` ago by the database's clock. Nothing opens them
 * again.
 *
 * Who has posted before and not committed is not seen by it: wait for them afterwards.
 */
export function closeBooks(
  db: Db,
  closing: { readonly until: Date; readonly afterMs: number },
): Promise<boolean> {
  return close(db, closing);
}
