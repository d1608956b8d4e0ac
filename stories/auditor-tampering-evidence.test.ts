import { decodeCbor, decodePacketOfKind, fromHex, hex, MAX_BATCH_BYTES } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Copy } from './auditor-town/copy.ts';
import { ITS_KEY, SOME_PAYMENT, THIS_PAYMENT } from './auditor-town/tampered-rows.ts';
import { expectNamed, startTampering, wrongChecks } from './auditor-town/tampering.ts';
import type { Tampered, Tampering } from './auditor-town/tampering.ts';

let tampered: Tampered;
beforeAll(async () => {
  tampered = await startTampering();
}, 180_000);
afterAll(() => tampered.drop());

const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'an amount is edited',
    sql: `update settled_payments set amount = amount + 1 where ${THIS_PAYMENT}`,
    check: 'payments',
    table: 'settled_payments',
    key: ITS_KEY,
    what: /amount/,
  },
  {
    name: 'a payment is paid to somebody else',
    sql: `update settled_payments
      set payee_wallet = (select max(number) from wallets where number <> payee_wallet)
      where ${THIS_PAYMENT}`,
    check: 'payments',
    table: 'settled_payments',
    key: ITS_KEY,
    what: /payee_wallet/,
  },
  {
    name: 'a payment without evidence is inserted',
    sql: `insert into settled_payments
      select (p).* from (
        select jsonb_populate_record(s, '{"sequence": 300, "item": 4000, "ordinal": 999}') as p
        from settled_payments as s where ${THIS_PAYMENT}
      ) as made`,
    check: 'payments',
    table: 'settled_payments',
    key: `select '{"allowance_no":"' || ${SOME_PAYMENT} || '","sequence":"300"}' as value`,
    what: /no evidence/,
  },
  {
    name: 'the bytes handed in are replaced',
    sql: `update uploads set bytes = overlay(bytes placing '\\x00' from 200 for 1) where id = 3`,
    check: 'uploads',
    table: 'uploads',
    key: `select '{"id":"3"}' as value`,
    what: /not those that were received/,
  },
  {
    name: 'the evidence of two payments is swapped',
    sql: `update settled_payments as s
      set item = o.item, evidence_at = o.evidence_at, packet_sha256 = o.packet_sha256
      from settled_payments as o
      where s.allowance_no = ${SOME_PAYMENT} and o.allowance_no = s.allowance_no
        and s.sequence in (7, 8) and s.sequence + o.sequence = 15`,
    check: 'payments',
    table: 'settled_payments',
    what: /payment_id|sequence/,
  },
  {
    name: 'a settled payment is taken away',
    sql: `delete from settled_payments where ${THIS_PAYMENT}`,
    check: 'answers',
    table: 'uploads',
    what: /never answered/,
  },
  {
    name: 'a refusal is taken away',
    sql: `delete from rejected_items where code = 'wrong_payee'`,
    check: 'answers',
    table: 'uploads',
    what: /never answered/,
  },
  {
    name: 'a refusal gets another reason',
    sql: `update rejected_items set code = 'claim_window_closed' where code = 'over_per_payment'`,
    check: 'rejections',
    table: 'rejected_items',
    key: `select '{"id":"' || id || '"}' as value from rejected_items
      where code = 'over_per_payment'`,
    what: /not what its bytes say/,
  },
  {
    name: 'a late payment is said to be from nobody',
    sql: `update rejected_items set code = 'issuer_unknown' where code = 'claim_window_closed'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
  {
    name: 'an extra payment is hidden',
    sql: `update settled_payments set extra = false where extra`,
    check: 'extra payments',
    table: 'settled_payments',
    what: /later payment/,
  },
  {
    name: 'somebody else is accused',
    sql: `update proofs set account_id = (select min(id) from accounts),
      device_no = (select min(no) from devices)`,
    check: 'proofs',
    table: 'proofs',
    what: /device_no/,
  },
  {
    name: 'a proof is taken away',
    sql: `delete from proofs where verdict = 'double_spend'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
  {
    name: 'a Return is made to say more',
    sql: `update allowance_returns set total_minor = total_minor + 1`,
    check: 'returns',
    table: 'allowance_returns',
    what: /total_minor/,
  },
  {
    name: 'a batch is said to have come after the end of the claim window',
    sql: `update uploads set received_at = '2099-01-01T00:00:00Z'
      where id = (select upload_id from settled_payments where ${THIS_PAYMENT})`,
    check: 'payments',
    table: 'settled_payments',
    what: /should not have settled/,
  },
  {
    name: 'another payment is said to be the first of its request',
    sql: `update paid_requests set sequence = sequence + 1
      where (payee_wallet, bind) = (
        select payee_wallet, bind from settled_payments where ${THIS_PAYMENT})`,
    check: 'extra payments',
    table: 'settled_payments',
    key: ITS_KEY,
    what: /later payment/,
  },
  {
    name: 'a batch is said to have come a day before those beside it',
    sql: `update uploads set received_at = received_at - interval '1 day' where id = 10`,
    check: 'stored columns',
    table: 'uploads',
    key: `select '{"key":"10"}' as value`,
    what: /received_at, beside its neighbours/,
  },
  {
    name: 'a batch was received and nobody decides it',
    sql: `insert into uploads overriding system value
      select (jsonb_populate_record(u, jsonb_build_object('id', 90000, 'sha256', '\\x' ||
        encode(sha256('x'), 'hex')))).* from uploads as u where id = 10`,
    check: 'stored columns',
    table: 'uploads',
    key: `select '{"key":"90000"}' as value`,
    what: /what became of it/,
  },
  {
    name: 'a refusal is said to be of other bytes',
    sql: `update rejected_items set evidence_at = evidence_at + 1 where id = 11`,
    check: 'rejections',
    table: 'rejected_items',
    key: `select '{"id":"11"}' as value`,
    what: /evidence_at/,
  },
  {
    name: 'a refusal is said to be of another sequence',
    sql: `update rejected_items set sequence = sequence + 1 where code = 'over_per_payment'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /sequence/,
  },
  {
    name: 'another Return is said to have been the first',
    sql: `update allowance_returns set first = not first where proof_id is null`,
    check: 'stored columns',
    table: 'allowance_returns',
    what: /first/,
  },
  {
    name: 'a proof stands there twice',
    sql: `alter table proofs drop constraint proofs_pkey, drop constraint
        proofs_allowance_no_first_id_second_id_key;
      insert into proofs select * from proofs order by id limit 1`,
    check: 'stored columns',
    table: 'proofs',
    what: /more than one row of one id/,
  },
  {
    name: 'a payment after a Return is forgiven',
    sql: `delete from proofs as p using allowance_returns as r
      where r.allowance_no = p.allowance_no`,
    check: 'returns',
    table: 'allowance_returns',
    what: /nobody was accused/,
  },
  {
    name: 'who signed twice is not revoked',
    sql: `update allowance_states set revoked_at = null`,
    check: 'proofs',
    table: 'proofs',
    what: /not revoked/,
  },
  {
    name: 'more is said to be settled than is there',
    sql: `update settlement_batches set settled = settled + 1 where id = 1`,
    check: 'answers',
    table: 'settlement_batches',
    key: `select '{"upload_id":"' || upload_id || '"}' as value from settlement_batches
      where id = 1`,
    what: /not as many are settled/,
  },
];

describe('the owner edits evidence, and the auditor names the row', () => {
  test.each(TAMPERINGS)('$name', (tampering) => expectNamed(tampered, tampering));
});

/** The payment that was refused with this code, as it was handed in. */
async function refused(copy: Copy, code: string) {
  const where = `from rejected_items as r join uploads as u on u.id = r.upload_id
    where r.code = '${code}' order by r.id limit 1`;
  const upload = fromHex(await copy.value(`select encode(u.bytes, 'hex') as value ${where}`));
  const batch = decodeCbor(upload, { maxBytes: MAX_BATCH_BYTES });
  const item = Number(await copy.value(`select r.item as value ${where}`));
  const packets = batch.ok ? (batch.value as readonly Uint8Array[]) : [];
  const packet = decodePacketOfKind('payment', packets[item] ?? new Uint8Array(0));
  if (!packet.ok) throw new Error(packet.detail);
  return packet.value;
}

test('a refused payment is settled after all, and cannot be true beside the others', async () => {
  let key: unknown;
  const wrong = await wrongChecks(tampered, async (copy) => {
    const { payment, paymentId, allowanceId } = await refused(copy, 'contradiction');
    const { sequence, amountMinor, spentMinor, previous } = payment.fields;
    const no = `(select no from allowances where id = '\\x${hex(allowanceId)}')`;
    key = { allowance_no: await copy.value(`select ${no} as value`), sequence: `${sequence}` };
    await copy.execute(`
      insert into settled_payments
      select (p).* from (
        select jsonb_populate_record(s, jsonb_build_object(
          'allowance_no', ${no}, 'sequence', ${sequence}, 'amount', ${amountMinor},
          'spent', ${spentMinor}, 'previous', '\\x${hex(previous)}',
          'payment_id', '\\x${hex(paymentId)}', 'ordinal', 999)) as p
        from settled_payments as s limit 1
      ) as made`);
  });
  expect(wrong.get('contradictions')?.firstWrong).toMatchObject({
    table: 'settled_payments',
    key,
    found: 'contradiction',
  });
});
