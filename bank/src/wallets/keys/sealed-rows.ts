import type { SealedRows } from '../../keys/index.ts';
import { contextOf } from './escrow.ts';
import { SEALED_WALLET_KEYS } from './store.ts';

/** Private halves that the bank keeps for their owners. */
export const sealedWalletKeys: SealedRows = {
  ...{ name: 'wallet keys', table: 'wallet_keys', statements: SEALED_WALLET_KEYS },
  contextOf: ({ key }) => contextOf(key as Uint8Array),
};
