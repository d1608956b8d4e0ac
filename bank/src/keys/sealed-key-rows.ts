import type { Suite } from '@sikka/protocol';
import { contextOf as issuerContext } from './issuer-signer.ts';
import type { SealedRow, SealedRows } from './reseal/sealed-rows.ts';
import { contextOf as sealingContext } from './sealing-keys.ts';
import { contextOf as secretContext } from './secrets.ts';
import { SEALED_ISSUER_KEYS, SEALED_SEALING_KEYS, SEALED_SECRETS } from './store.ts';

/** What this domain has sealed. */
export function sealedKeyRows(bank: string): readonly SealedRows[] {
  return [
    {
      ...{ name: 'issuer keys', table: 'issuer_keys', statements: SEALED_ISSUER_KEYS },
      contextOf: (row) => issuerContext(bank, { ...keyOf(row), suite: row['suite'] as Suite }),
    },
    {
      ...{ name: 'sealing keys', table: 'sealing_keys', statements: SEALED_SEALING_KEYS },
      contextOf: (row) => sealingContext(bank, keyOf(row)),
    },
    {
      ...{ name: 'secrets', table: 'bank_secrets', statements: SEALED_SECRETS },
      contextOf: ({ key }) => secretContext(bank, key as string),
    },
  ];
}

function keyOf(row: SealedRow) {
  return { number: row.key as number, publicKey: row['publicKey'] as Uint8Array };
}
