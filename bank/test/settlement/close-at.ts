import { setDatabaseTime } from '../support/database-time.ts';
import type { Town } from './town.ts';

/** Closes allowances as if the database's time were so many seconds. */
export async function closeAt({ db, settlement }: Town, seconds: number): Promise<void> {
  await setDatabaseTime(db, 'settlement_now', new Date(seconds * 1000));
  await settlement.closeAllowances();
  await setDatabaseTime(db, 'settlement_now');
}
