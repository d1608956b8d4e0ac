import type { Settling } from '@sikka/bank/deciding';
import type { KeyAgreement } from '@sikka/protocol';
import { agreementBy } from '../agreement.ts';
import { derivePointPair } from '../keys.ts';
import { bundleIntake } from './memory-bundles.ts';
import { ledgerIntake } from './memory-ledgers.ts';
import { requeueOrders } from './memory-orders.ts';
import type { OrderDesk } from './order-port.ts';
import { walletIdOf } from './order-port.ts';
import type { Desk } from './people.ts';
import type { AccountRow, Tables } from './tables.ts';
import { deposit, openWallet } from './wallets.ts';

export interface OrderParts extends Desk {
  readonly settling: Pick<Settling, 'settle' | 'settleNow'>;
  readonly agreement: KeyAgreement;
}

/** Registrations, money set aside, intakes and verdicts, on tables in memory. */
export function createOrderDesk(
  desk: Desk,
  settling: () => Pick<Settling, 'settle' | 'settleNow'>,
): OrderDesk {
  const { tables, parts } = desk;
  const agreement = agreementBy(derivePointPair(parts.random.fork('sealing')));
  const now: OrderParts['settling'] = {
    settle: (id, held) => settling().settle(id, held),
    settleNow: (id, given) => settling().settleNow(id, given),
  };
  const own: OrderParts = { ...desk, settling: now, agreement };
  return {
    sealingKey: agreement.publicKey,
    ...registering(desk),
    topUp: (signer, amountMinor) =>
      tables.log.transaction(() => {
        const credit = debitOf(tables, signer, parts.currency);
        if (credit === undefined) throw new Error(`${signer} has nothing to top up.`);
        deposit(tables, { credit, currency: parts.currency, amountMinor, at: parts.now() });
        requeueOrders(tables, credit, parts.now());
      }),
    setApproved: (userId, approved) =>
      tables.log.transaction(() => {
        const row = tables.orders.people.get(userId);
        if (row === undefined) return;
        tables.log.assign(row, { approved });
        if (approved) requeueOrders(tables, row.account, parts.now());
      }),
    setStatus: (deviceId, status) =>
      tables.log.transaction(() => {
        const row = tables.orders.tills.get(deviceId);
        if (row === undefined || row.status === 'revoked') return;
        tables.log.assign(row, { status });
        const credit = row.floats.get(parts.currency);
        if (status === 'active' && credit !== undefined) {
          requeueOrders(tables, credit, parts.now());
        }
      }),
    settleLedger: ledgerIntake(own),
    pushBundle: bundleIntake(own),
    decideReview: (review, verdict) => decideReview(own, BigInt(review), verdict),
  };
}

function registering(desk: Desk): Pick<OrderDesk, 'registerPerson' | 'registerTill'> {
  const { tables, parts } = desk;
  return {
    async registerPerson({ userId, publicKey, limitMinor }) {
      const { currency } = parts;
      const { id: accountId, number } = openAccount(desk, userId);
      const account = tables.ledger.open('limit', currency);
      deposit(tables, { credit: account, currency, amountMinor: limitMinor, at: parts.now() });
      const no = BigInt(tables.orders.people.size + 1);
      const walletId = walletIdOf(userId);
      const row = { no, userId, publicKey, accountId, walletId, account, currency, approved: true };
      tables.orders.people.set(userId, row);
      return number;
    },
    async registerTill({ deviceId, key, tenant, floatMinor }) {
      const { currency } = parts;
      const no = BigInt(tables.orders.tills.size + 1);
      const known = [...tables.orders.tills.values()].find((till) => till.tenant === tenant);
      const { id: tenantAccount, number } = openAccount(desk, tenant);
      const floats = known?.floats ?? new Map([[currency, tables.ledger.open('float', currency)]]);
      const credit = floats.get(currency);
      if (known === undefined && credit !== undefined) {
        deposit(tables, { credit, currency, amountMinor: floatMinor, at: parts.now() });
      }
      const of = { tenant, tenantAccount, floats, status: 'active' as const };
      tables.orders.tills.set(deviceId, { no, deviceId, key, ...of });
      return number;
    },
  };
}

function debitOf({ orders }: Tables, signer: string, currency: number): bigint | undefined {
  const person = orders.people.get(signer);
  if (person !== undefined) return person.account;
  return [...orders.tills.values()].find(({ tenant }) => tenant === signer)?.floats.get(currency);
}

/** With a current wallet and no other: what it pays by is its limit or float. */
function openAccount({ tables, parts }: Desk, publicId: string) {
  const known = tables.accounts.get(publicId);
  const id = known?.id ?? BigInt(tables.accounts.size + 1);
  const own = [...tables.wallets.values()].find(({ accountId }) => accountId === id);
  if (known !== undefined && own !== undefined) return { id, number: own.number };
  const account: AccountRow = { id, publicId, status: 'active' };
  tables.log.set(tables.accounts, publicId, account);
  const { currency } = parts;
  const { number } = openWallet(tables, { accountId: id, kind: 'current', currency });
  return { id, number };
}

/** The first verdict is final; then the pipeline decides what was held, item by item. */
async function decideReview(
  { tables, parts, settling }: OrderParts,
  no: bigint,
  verdict: 'released' | 'rejected',
): Promise<void> {
  const uploadId = await tables.log.transaction(() => {
    const { log, orders, inbox } = tables;
    const review = orders.reviews.get(no);
    if (review === undefined || review.outcome !== undefined) return undefined;
    log.assign(review, { outcome: verdict });
    const bundle = orders.bundles.get(review.bundleId ?? '');
    if (verdict === 'released' && bundle !== undefined) log.assign(bundle, { cleared: true });
    log.set(inbox, review.uploadId, { visibleAt: parts.now() * 1000, attempts: 0 });
    return review.uploadId;
  });
  if (uploadId !== undefined) await settling.settle(uploadId);
}
