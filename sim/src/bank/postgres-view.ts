import type { Pool } from '@sikka/bank';
import { packetsOf } from './memory-view.ts';
import type { BankView } from './port.ts';

/** What stood in the books before the first account of the world: the demo's own people. */
export type Baseline = ReadonlyMap<bigint, bigint>;

export async function readBaseline(owner: Pool): Promise<Baseline> {
  const { rows } = await owner.query<{ account_id: bigint; balance: bigint }>(
    'select account_id, balance from ledger_balances',
  );
  return new Map(rows.map((row) => [row.account_id, row.balance]));
}

/** Everything that stands in the tables, as invariants read it. */
export async function readView(owner: Pool, now: number, baseline: Baseline): Promise<BankView> {
  const balances = await readBalances(owner, baseline);
  return {
    now,
    ...balances,
    wallets: await readWallets(owner, baseline),
    allowances: await readAllowances(owner),
    settled: await readSettled(owner),
    offlineWallets: await readOfflineWallets(owner),
    keyPayments: await readKeyPayments(owner),
    rejected: await readRejected(owner),
    proofs: await readProofs(owner),
    refunds: await readRefunds(owner),
    returns: await readReturns(owner),
    uploads: await readUploads(owner),
    bulletinVersion: await readBulletinVersion(owner),
  };
}

async function readBalances(
  owner: Pool,
  baseline: Baseline,
): Promise<Pick<BankView, 'balances' | 'mayBeNegative'>> {
  const { rows } = await owner.query<{ id: bigint; name: string; cash: boolean; balance: bigint }>(
    `select a.id, a.kind || ':' || a.id as name, b.floor is null as cash, b.balance
      from ledger_accounts as a join ledger_balances as b on b.account_id = a.id order by a.id`,
  );
  return {
    balances: new Map(
      rows.map(({ id, name, balance }) => [name, balance - (baseline.get(id) ?? 0n)]),
    ),
    mayBeNegative: new Set(rows.filter(({ cash }) => cash).map(({ name }) => name)),
  };
}

async function readWallets(owner: Pool, baseline: Baseline): Promise<BankView['wallets']> {
  const { rows } = await owner.query<{ number: bigint; account: bigint; balance: bigint }>(
    `select w.number, w.ledger_account as account, b.balance
      from wallets as w join ledger_balances as b on b.account_id = w.ledger_account
      where w.kind = 'current' order by w.number`,
  );
  return new Map(
    rows.map((row) => [Number(row.number), row.balance - (baseline.get(row.account) ?? 0n)]),
  );
}

async function readOfflineWallets(owner: Pool): Promise<BankView['offlineWallets']> {
  const { rows } = await owner.query<{ account: string; number: bigint; balanceMinor: bigint }>(
    `select o.public_id as account, w.number, b.balance as "balanceMinor"
      from wallets as w join ledger_balances as b on b.account_id = w.ledger_account
      join accounts as o on o.id = w.account_id
      where w.kind = 'offline' order by w.number`,
  );
  return new Map(
    rows.map(({ account, number, ...row }) => [account, { number: Number(number), ...row }]),
  );
}

async function readKeyPayments(owner: Pool): Promise<BankView['keyPayments']> {
  const { rows } = await owner.query<{
    id: string;
    payer: bigint;
    payee: bigint;
    nonce: string;
    amountMinor: bigint;
    settledAt: number;
  }>(
    `select encode(s.payment_id, 'hex') as id, s.payer_wallet as payer, s.payee_wallet as payee,
        k.nonce, s.amount as "amountMinor", extract(epoch from s.settled_at)::integer as "settledAt"
      from settled_key_payments as s join key_payments as k on k.id = s.key_payment
      order by s.batch_id, s.ordinal`,
  );
  return rows.map(({ payer, payee, ...row }) => {
    return { ...row, payerWallet: Number(payer), payeeWallet: Number(payee) };
  });
}

async function readAllowances(owner: Pool): Promise<BankView['allowances']> {
  const { rows } = await owner.query<{
    id: string;
    account: string;
    till: number;
    status: string;
    limitMinor: bigint;
    settledMinor: bigint;
    releasedMinor: bigint;
    reservedMinor: bigint;
    until: number;
    claimUntil: number;
    packet: Buffer;
  }>(
    `select encode(a.id, 'hex') as id, o.public_id as account, a.device_no::integer as till,
        s.status, s.limit_minor as "limitMinor", s.settled_minor as "settledMinor",
        s.released_minor as "releasedMinor", b.balance as "reservedMinor",
        a.until_s::integer as until, a.claim_until_s::integer as "claimUntil", a.packet
      from allowances as a
      join allowance_states as s on s.no = a.no
      join accounts as o on o.id = a.account_id
      join ledger_balances as b on b.account_id = a.ledger_account
      order by a.no`,
  );
  return rows.map(({ packet, ...row }) => ({ ...row, packet: new Uint8Array(packet) }));
}

async function readSettled(owner: Pool): Promise<BankView['settled']> {
  const { rows } = await owner.query<{
    id: string;
    allowanceId: string;
    sequence: number;
    amountMinor: bigint;
    payee: bigint;
    settledAt: number;
    extra: boolean;
    uploadId: number | null;
  }>(
    `select encode(p.payment_id, 'hex') as id, encode(a.id, 'hex') as "allowanceId", p.sequence,
        p.amount as "amountMinor", p.payee_wallet as payee,
        extract(epoch from p.settled_at)::integer as "settledAt", p.extra,
        case when 1 = (select count(*) from settlement_batches as b where b.upload_id = p.upload_id)
          then p.upload_id::integer end as "uploadId"
      from settled_payments as p join allowances as a on a.no = p.allowance_no
      order by p.batch_id, p.ordinal`,
  );
  return rows.map(({ payee, uploadId, ...row }) => {
    return { ...row, payeeWallet: Number(payee), uploadId: uploadId ?? undefined };
  });
}

async function readRejected(owner: Pool): Promise<BankView['rejected']> {
  const { rows } = await owner.query<{ id: string; code: string; proof: string | null }>(
    `select encode(document_id, 'hex') as id, code, encode(proof_id, 'hex') as proof
      from rejected_items where document_id is not null order by rejected_items.id`,
  );
  return rows.map(({ id, code, proof }) => ({ id, code, proofId: proof ?? undefined }));
}

async function readProofs(owner: Pool): Promise<BankView['proofs']> {
  const { rows } = await owner.query<{
    id: string;
    allowanceId: string;
    account: string;
    decided: boolean;
    first: string;
    second: string;
    packet: Buffer;
  }>(
    `select encode(p.id, 'hex') as id, encode(a.id, 'hex') as "allowanceId",
        o.public_id as account, c.proof_id is not null as decided,
        encode(p.first_id, 'hex') as first, encode(p.second_id, 'hex') as second, p.packet
      from proofs as p
      join allowances as a on a.no = p.allowance_no
      join accounts as o on o.id = p.account_id
      left join case_decisions as c on c.proof_id = p.id
      order by p.at, p.id`,
  );
  return rows.map(({ first, second, packet, ...row }) => {
    const packets = packetsOf(new Uint8Array(packet));
    return { ...row, documents: [first, second] as const, packets };
  });
}

async function readRefunds(owner: Pool): Promise<BankView['refunds']> {
  const { rows } = await owner.query<BankView['refunds'][number]>(
    `select encode(document_id, 'hex') as id, encode(payment_id, 'hex') as "paymentId", number,
        amount as "amountMinor"
      from refunds order by at, payment_id, number`,
  );
  return rows;
}

async function readReturns(owner: Pool): Promise<BankView['returns']> {
  const { rows } = await owner.query<BankView['returns'][number]>(
    `select encode(r.id, 'hex') as id, encode(a.id, 'hex') as "allowanceId",
        r.last_sequence::integer as "lastSequence", r.total_minor as "totalMinor",
        encode(r.head, 'hex') as head
      from allowance_returns as r join allowances as a on a.no = r.allowance_no
      order by r.upload_id, r.item`,
  );
  return rows;
}

async function readUploads(owner: Pool): Promise<BankView['uploads']> {
  const { rows } = await owner.query<{
    id: number;
    account: string;
    receivedAt: number;
    bytes: Buffer;
    decided: boolean;
  }>(
    `select u.id::integer as id, u.uploader as account,
        extract(epoch from u.received_at)::integer as "receivedAt", u.bytes,
        i.upload_id is null as decided
      from uploads as u left join inbox as i on i.upload_id = u.id order by u.id`,
  );
  return rows.map(({ bytes, ...row }) => ({ ...row, bytes: new Uint8Array(bytes) }));
}

async function readBulletinVersion(owner: Pool): Promise<number> {
  const { rows } = await owner.query<{ version: number }>(
    'select coalesce(max(version), 0)::integer as version from bulletins',
  );
  return rows[0]?.version ?? 0;
}
