import { auditHash, hex } from '@sikka/protocol';
import type { Copy } from './copy.ts';

/** An event that never was: who did what to whom, with which details. */
export type Invented = readonly [actor: string, action: string, subject: string, details?: string];

/** Chains events on with the right hashes, as whoever knows the bank's code can. */
export async function chainOn(copy: Copy, events: readonly Invented[]): Promise<void> {
  const time = Math.floor(Date.now() / 1000);
  let number = Number(await copy.value(STATE('size')));
  let head: Uint8Array = Buffer.from(await copy.value(STATE(`encode(head, 'hex')`)), 'hex');
  for (const [actor, action, subject, details = '{}'] of events) {
    number += 1;
    head = auditHash(head, { number, time, actor, action, subject, outcome: 'ok', details });
    await copy.execute(`
      with e as (
        insert into audit_events (at, actor, action, subject, outcome, details)
          values (to_timestamp(${time}), '${actor}', '${action}', '${subject}', 'ok', '${details}')
          returning id
      )
      insert into audit_chain (n, event_id, hash) select ${number}, id, '\\x${hex(head)}' from e;
      update sequencer_state set size = ${number}, head = '\\x${hex(head)}' where name = 'audit'`);
  }
}

const STATE = (column: string) =>
  `select ${column} as value from sequencer_state where name = 'audit'`;

/** Of things that are not there, in a month of payments; each is a row that is missing. */
export const OF_NOTHING: readonly Invented[] = [
  ['system', 'nothing.at_all', 'nothing'],
  ['account:nobody', 'keys.resealed', 'vault:local'],
  ['system', 'account.block', 'account:nobody'],
  ['account:operator', 'wallet.status', 'wallet:99'],
  ['account:operator', 'held.retried', 'upload:999'],
  ['rail:simulated', 'topup.held', 'topup:99'],
  ['account:operator', 'kyc.approved', 'kyc:99'],
  ['account:operator', 'till.suspended', 'till:99'],
  ['system', 'allowance.closed', 'allowance:3', '{"released":"5"}'],
  ['system', 'allowance_policy.set', 'allowance_policy:586:2', '{"limit":"9000000"}'],
  ['account:ayesha', 'wallet.key_released', 'wallet:1', '{"key":"00"}'],
  ['account:operator', 'funding', 'guarantee:PKR', '{"approval":"99","amount":"5"}'],
  ['account:operator', 'dispute.opened', 'dispute:99', '{"side":"payer"}'],
  ['account:operator', 'dispute.decided', 'dispute:99'],
  ['rail:simulated', 'withdrawal.ended', 'withdrawal:99'],
  ['account:bilal', 'ledger.settled', 'txn:00', '{"upload":"1"}'],
  ['account:bilal', 'offline.confirmed', 'key-payment:99'],
  ['account:operator', 'policy.in_force', 'country:PK', '{"approval":"77","version":9}'],
  ['account:operator', 'risk_rules.activated', 'risk_rules:99'],
  ['account:operator', 'case.proposed', 'proof:00', '{"approval":"99"}'],
];

/** Each moves or hides something by itself; what it counts for in stored columns. */
export const HIDDEN: readonly (readonly [sql: string, times: number])[] = [
  [`update ledger_transfers set at = at - interval '1 day' where kind = 'refund'`, 3],
  [`update ledger_transfers set at = at - interval '1 hour' where kind = 'transfer'`, 2],
  [`update ledger_transfers set at = at - interval '1 hour' where kind = 'release'`, 2],
  [`update ledger_transfers set at = at - interval '1 hour' where kind = 'guarantee'`, 1],
  [`update ledger_transfers set at = at - interval '1 hour' where kind = 'closing'`, 2],
  [`update accounts set status = 'active' where status = 'review'`, 1],
  [`update accounts set status = 'review' where public_id = 'bilal'`, 1],
  [
    `update allowance_states set status = 'revoked', revoked_at = now()
      where no = (select min(no) from allowance_states where status = 'active')`,
    1,
  ],
  [
    `update wallet_keys set retired_at = now(), retired_reason = 'replaced'
      where id = (select id from wallet_keys order by created_at, id limit 1)`,
    1,
  ],
  [`insert into inbox (upload_id, visible_at) values (999, now())`, 1],
  [`insert into inbox (upload_id, visible_at, held_by) values (1, now(), 999)`, 1],
  [`insert into audit_pending (event_id) values (99999)`, 1],
];

/** Rows that somebody decided or asked for, of which no event tells. */
export const UNTOLD: readonly string[] = [
  `insert into disputes (payment_id, account_id, side, reason, opened_at)
    select payment_id, 2, 'payer', 'none', now() from settled_payments limit 1`,
  `insert into offline_confirmations (key_payment, by_account, at) values (1, 2, now())`,
  `insert into risk_rule_events (version, act, by_account, at) values (1, 'activated', 2, now())`,
  `insert into wallet_key_releases (key_id, wallet, at)
    select id, wallet, now() from wallet_keys limit 1`,
];
