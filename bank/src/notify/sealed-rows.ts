import { contextOf } from './mail/sealing.ts';
import { SEALED_MAILS } from './store/mails.ts';
import { SEALED_WEBHOOK_SECRETS } from './store/webhooks.ts';
import { secretContext } from './webhooks/secret.ts';

interface Row {
  readonly key: unknown;
  readonly [column: string]: unknown;
}

/** What this domain has sealed, as `keys` seals it anew. */
export function sealedNotifyRows(bank: string) {
  return [
    {
      ...{ name: 'mails', table: 'mails', statements: SEALED_MAILS },
      contextOf: (row: Row) => contextOf({ bank, messageId: row['messageId'] as string }),
    },
    {
      ...{ name: 'webhook secrets', table: 'webhooks', statements: SEALED_WEBHOOK_SECRETS },
      contextOf: (row: Row) => secretContext(bank, row.key as Uint8Array),
    },
  ];
}
