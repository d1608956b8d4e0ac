import type { DisputeOutcome } from '@sikka/api';
import { fromHex, hex } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import type { Notices } from '../../identity/index.ts';
import type { Settlement } from '../../settlement/index.ts';
import { limits } from './limits.ts';
import type { DisputeRow } from './store.ts';
import * as store from './store.ts';

export interface DisputeDeps {
  readonly pool: Pool;
  readonly settlement: Pick<Settlement, 'findPayment'>;
  readonly notices: Notices;
}

type DisputeRoutes = 'openDispute' | 'listDisputes' | 'listAllDisputes' | 'decideDispute';

/**
 * Payer and payee say what is wrong with a payment, and the bank's staff what they found. Neither
 * moves money: that is a refund, a guarantee or a case, each by its own rules.
 */
export function disputeRoutes(deps: DisputeDeps): Handlers<DisputeRoutes> {
  const { pool } = deps;
  return {
    openDispute: (call) => open(deps, call),
    listDisputes: async ({ caller, query }) => {
      const most = Number(query.limit ?? limits.page);
      return listed(await store.readOfAccount(pool, caller.accountId, most));
    },
    listAllDisputes: async ({ query }) => {
      const read = query.status === 'decided' ? store.readDecided : store.readOpen;
      return listed(await read(pool, Number(query.limit ?? limits.page)));
    },
    decideDispute: (call) => decide(deps, call),
  };
}

async function open(
  { pool, settlement }: DisputeDeps,
  { caller, body, now }: Call<'openDispute'>,
): Promise<Reply<'openDispute'>> {
  const { payment_id: id, reason } = body;
  const { accountId } = caller;
  const paymentId = fromHex(id);
  const payment = await settlement.findPayment(paymentId);
  const isPayer = payment?.payerAccount === accountId;
  // For everybody else there is no such payment.
  if (!isPayer && payment?.payeeAccount !== accountId) return noPayment;
  const side = isPayer ? 'payer' : 'payee';
  return inTransaction(pool, async (tx): Promise<Reply<'openDispute'>> => {
    await store.lockAccount(tx, accountId);
    const known = await store.readOf(tx, { paymentId, accountId });
    if (known !== undefined) {
      return known.reason === reason ? { ok: true, status: 200, value: wire(known) } : exists;
    }
    if ((await store.countOpen(tx, accountId)) >= limits.openOfAccount) return tooMany;
    const dispute = { paymentId, accountId, side, reason, at: now } as const;
    const no = await store.insertDispute(tx, dispute);
    const opened = await store.readOf(tx, { paymentId, accountId });
    if (no === undefined || opened === undefined) throw new Error('A dispute was not opened.');
    const event = { action: 'dispute.opened', subject: `dispute:${no}`, outcome: 'ok' };
    const details = { payment: id, side, reason };
    await record(tx, [{ actor: `account:${caller.account}`, ...event, details }], now);
    return { ok: true, status: 201, value: wire(opened) };
  });
}

async function decide(
  { pool, settlement, notices }: DisputeDeps,
  { caller, params, body, now }: Call<'decideDispute'>,
): Promise<Reply<'decideDispute'>> {
  const lock = (tx: Tx) => store.lockDispute(tx, BigInt(params.id));
  // Who is concerned never changes, and is read with no connection held: many who decide at once
  // would wait for each other's.
  const known = await inTransaction(pool, lock);
  if (known === undefined) return notFound;
  const payment = await settlement.findPayment(known.paymentId);
  const concerned = [payment?.payerAccount, payment?.payeeAccount];
  if (concerned.includes(caller.accountId)) return own;
  return inTransaction(pool, async (tx): Promise<Reply<'decideDispute'>> => {
    const dispute = await lock(tx);
    if (dispute === undefined) return notFound;
    const { outcome, reason } = body;
    if (dispute.outcome !== undefined) {
      return dispute.outcome === outcome
        ? { ok: true, status: 200, value: wire(dispute) }
        : decided;
    }
    await store.writeOutcome(tx, dispute.id, { outcome, by: caller.accountId, at: now });
    const event = { action: 'dispute.decided', subject: `dispute:${dispute.id}`, outcome };
    await record(tx, [{ actor: `account:${caller.account}`, ...event, details: { reason } }], now);
    const { accountId } = dispute;
    await notices.tell(tx, { accountId, ...noticeOf(dispute, outcome), at: now });
    return { ok: true, status: 200, value: wire({ ...dispute, outcome, decidedAt: now }) };
  });
}

/** As people name a payment to each other: by how its id begins. */
function noticeOf({ paymentId }: DisputeRow, outcome: DisputeOutcome) {
  const values = { payment: hex(paymentId.subarray(0, 4)) };
  return { template: `dispute_${outcome}`, values } as const;
}

function listed(rows: readonly DisputeRow[]) {
  return { ok: true, status: 200, value: { disputes: rows.map(wire) } } as const;
}

function wire({ id, paymentId, account, side, reason, ...row }: DisputeRow) {
  return {
    ...{ id: id.toString(), payment_id: hex(paymentId), account, side, reason },
    status: row.outcome ?? ('open' as const),
    opened_at: row.openedAt.toISOString(),
    decided_at: row.decidedAt?.toISOString() ?? null,
  };
}

const noPayment: Refused = {
  ok: false,
  code: 'payment/not_found',
  detail: 'There is no payment of this id that concerns you. Hand it in first.',
};
const exists: Refused = {
  ok: false,
  code: 'dispute/exists',
  detail: 'You have said something else about this payment before.',
};
const tooMany: Refused = {
  ok: false,
  code: 'dispute/too_many',
  detail: `You have ${limits.openOfAccount} open disputes.`,
};
const notFound: Refused = {
  ok: false,
  code: 'dispute/not_found',
  detail: 'There is no dispute of this id.',
};
const own: Refused = {
  ok: false,
  code: 'review/own',
  detail: 'You are its payer or its payee.',
};
const decided: Refused = {
  ok: false,
  code: 'dispute/decided',
  detail: 'This dispute was decided otherwise.',
};
