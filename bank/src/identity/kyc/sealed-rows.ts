import type { SealedRows } from '../../keys/index.ts';
import { SEALED_KYC_USERS } from './store.ts';

/** Name and contact of each person of sealed ledgers. */
export const sealedKycUsers: SealedRows = {
  ...{ name: 'people of ledgers', table: 'kyc_users', statements: SEALED_KYC_USERS },
  contextOf: ({ user_id: userId }) => contextOf(userId as string),
};

/** Opens in its own row only. */
export function contextOf(userId: string): string {
  return JSON.stringify(['kyc_users', userId]);
}
