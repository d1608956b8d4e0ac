import { walletNumberWithCheckDigit } from '@sikka/protocol';
import type { Pool } from '../../src/db/index.ts';
import { inTransaction } from '../../src/db/index.ts';

/** To which every payment goes. */
export const payeeWallet = walletNumberWithCheckDigit(20_000_000_000);
const at = new Date('2026-03-01T09:00:00Z');

/** The least that settled payments refer to: one account, device, wallet and allowance. */
export async function openAllowance(owner: Pool): Promise<void> {
  await owner.query(
    `insert into accounts (public_id, email, name, created_at)
     values ('ayesha', 'ayesha@example.org', 'Ayesha', $1)`,
    [at],
  );
  await owner.query(
    `insert into devices (account_id, suite, public_key, key_hash, role, enrolment, created_at)
     values (1, 1, '\\x02', sha256('device'), 'payer', '\\x00', $1)`,
    [at],
  );
  await owner.query(
    `select ledger_open(array['wallet_offline', 'reservation'], array[586, 586],
       array[null, null]::bigint[], $1)`,
    [at],
  );
  await owner.query(
    `insert into wallets
       (number, account_id, kind, currency, ledger_account, created_at, updated_at)
     values (100000000007, 1, 'offline', 586, 1, $1, $1)`,
    [at],
  );
  await owner.query(
    `insert into allowances
       (no, id, account_id, device_no, payer_wallet, journal_nonce, currency, limit_minor,
        per_payment_minor, count, first_sequence, from_s, until_s, claim_until_s, policy_epoch,
        ledger_account, packet, request, request_id, issued_at)
     select 1, sha256('allowance'), 1, no, 100000000007, '\\x0000000000000001', 586, 1000000,
       1000, 200, 1, 0, 1, 2, 1, 2, '\\x00', '\\x00', sha256('request'), $1
       from devices`,
    [at],
  );
}

/** Batches of so many payments, written and queued as settlement does it; answers their ids. */
export async function settle(server: Pool, counts: readonly number[]): Promise<readonly bigint[]> {
  return inTransaction(server, async (tx) => {
    const ids: bigint[] = [];
    for (const count of counts) {
      const { rows } = await tx.query<{ id: bigint }>(
        `with upload as (
           insert into uploads (sha256, bytes, uploader, received_at, items)
           select sha256(convert_to(gen_random_uuid()::text, 'UTF8')), '\\x80', 'ayesha', $2, 0
           returning id
         )
         insert into settlement_batches
           (upload_id, at, settled, recorded, rejected, outcomes_digest)
         select id, $2, $1, 0, 0, sha256('') from upload
         returning id`,
        [count, at],
      );
      const id = rows[0]?.id ?? 0n;
      await tx.query(
        `insert into settled_payments
           (allowance_no, amount, spent, payee_wallet, batch_id, upload_id, settled_at, sequence,
            currency, ordinal, item, evidence_at, mode, extra, proved_by, payment_id, previous,
            bind, packet_sha256)
         select 1, 1 + k, 1 + k, $2, b.id, b.upload_id, b.at, b.id * 10000 + k + 1,
           586, k, k, 0, 1, false, 'signature', sha256(convert_to(b.id || '/' || k, 'UTF8')),
           sha256(''), sha256(''), sha256('')
           from settlement_batches as b, generate_series(0, b.settled - 1) as k
          where b.id = $1`,
        [id, payeeWallet],
      );
      await tx.query('insert into log_pending (batch_id, count) values ($1, $2)', [id, count]);
      ids.push(id);
    }
    return ids;
  });
}
