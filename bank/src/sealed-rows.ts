import { sealedKycUsers, sealedPersonKeys } from './identity/index.ts';
import { sealedKeyRows } from './keys/index.ts';
import type { SealedRows } from './keys/index.ts';
import { sealedNotifyRows } from './notify/index.ts';
import { sealedPayees } from './rail/index.ts';
import { sealedWalletKeys } from './wallets/index.ts';

/** Everything in the database that the vault has sealed; a test compares it with the schema. */
export function sealedRowsOf(bank: string): readonly SealedRows[] {
  return [
    ...sealedKeyRows(bank),
    sealedPersonKeys,
    sealedKycUsers,
    sealedWalletKeys,
    ...sealedNotifyRows(bank),
    sealedPayees,
  ];
}
