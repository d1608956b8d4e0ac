import { createSecretKey, randomBytes } from 'node:crypto';
import type { RouteName } from '@sikka/api';
import type { Call, Caller, Handlers, Reply } from '../../../src/caller.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { caseRoutes, disputeRoutes, heldRoutes, reviewRoutes } from '../../../src/flows/index.ts';
import { createPeople, openAccount } from '../../../src/identity/index.ts';
import type { Notice } from '../../../src/identity/index.ts';
import { createLocalVault } from '../../../src/keys/index.ts';
import { nameReviewedUpload, openReview } from '../../../src/risk/index.ts';
import type { NewReview } from '../../../src/risk/index.ts';
import { post } from '../../../src/ledger/index.ts';
import type { Settlement } from '../../../src/settlement/index.ts';
import { openHouseAccount } from '../../../src/wallets/index.ts';
import type { TillFields, Till } from '../../settlement/order-town.ts';
import { takeBundle } from '../../settlement/order-town.ts';
import type { Town } from '../../settlement/town.ts';
import { PKR } from '../../settlement/town.ts';

/** The staff of a town's bank, and the routes by which they decide. */

const ABOVE = 100_000n;

/** Of one allowance, and to one payee in 30 days, in minor units. */
export const CAPS = { allowance: 250n, payee: 400n, days: 30 };

export interface Staff {
  readonly first: Caller;
  readonly second: Caller;
  readonly third: Caller;
}

export async function staffOf({ db }: Town): Promise<Staff> {
  const open = async (publicId: string): Promise<Caller> => {
    const accountId = await inTransaction(db.serverPool, (tx) =>
      openAccount(tx, { publicId, currency: PKR, roles: ['risk'] }, new Date()),
    );
    if (accountId === undefined) throw new Error('The id is taken.');
    return { accountId, account: publicId, roles: new Set(['risk']), status: 'active' };
  };
  return { first: await open('first'), second: await open('second'), third: await open('third') };
}

/** As staff, for somebody who has an account of the town's. */
export function callerOf({ accountId, name }: { accountId: bigint; name: string }): Caller {
  return { accountId, account: name, roles: new Set(['risk']), status: 'active' };
}

export function deskOf(
  town: Town,
  given: { readonly settlement?: Settlement; readonly told?: Notice[] } = {},
) {
  const { serverPool: pool } = town.db;
  const settlement = given.settlement ?? town.settlement;
  const vault = createLocalVault([createSecretKey(randomBytes(32))]);
  const people = createPeople({ pool, vault, lookupKey: createSecretKey(randomBytes(32)) });
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const caps = {
    ...{ ofAllowance: () => CAPS.allowance, ofPayee: () => CAPS.payee, days: CAPS.days },
  };
  const deps = { pool, settlement, people, log, demo: false, fourEyesAbove: () => ABOVE, caps };
  return {
    ...{ ...reviewRoutes(deps), ...caseRoutes(deps), ...heldRoutes(deps) },
    ...disputeRoutes({
      ...deps,
      notices: { tell: async (_tx, notice) => void given.told?.push(notice) },
    }),
  };
}

/** Money of the bank's own behind double spends. */
export async function fundGuarantee({ db }: Town, amountMinor: bigint): Promise<void> {
  const at = new Date();
  await inTransaction(db.serverPool, async (tx) => {
    const debit = await openHouseAccount(tx, { kind: 'bank_cash', currency: PKR, at });
    const credit = await openHouseAccount(tx, { kind: 'guarantee', currency: PKR, at });
    await post(tx, [{ kind: 'funding', currency: PKR, debit, credit, amountMinor }], at);
  });
}

function nothing(): void {
  return undefined;
}

type Desk = ReturnType<typeof deskOf>;

/** What a caller is told: the status, and the code or the value. */
export async function ask<N extends keyof Desk & RouteName>(
  desk: Desk,
  name: N,
  given: {
    readonly caller: Caller;
    readonly params?: object;
    readonly body?: object;
    readonly query?: object;
    readonly now?: Date;
  },
): Promise<{ readonly status: number | string; readonly value: Record<string, unknown> }> {
  const handler = (desk as Handlers<N>)[name];
  const call = { params: {}, query: {}, body: {}, now: new Date(), ...given };
  const reply: Reply<N> = await handler(call as unknown as Call<N>);
  if (!reply.ok) return { status: reply.code, value: {} };
  return { status: reply.status, value: reply.value as Record<string, unknown> };
}

export interface HeldBundle {
  readonly review: bigint;
  readonly uploadId: bigint;
  readonly row: bigint;
  readonly batch: Uint8Array;
}

/** A bundle that waits for its review, with the rows of an intake. */
export async function heldBundle(
  town: Town,
  till: Till,
  transactions: readonly TillFields[],
  about: Partial<NewReview> & {
    readonly payee: number;
    readonly quarantined?: boolean;
    /** Of its tenant's money: not where each transaction is a payment. */
    readonly own?: boolean;
  },
): Promise<HeldBundle> {
  const { payee, quarantined = false, own = true, ...rest } = about;
  const { batch, row } = await takeBundle(town, till, transactions, {
    ...{ cleared: false, payee, own },
  });
  const money = { amountMinor: 5_000n, currency: PKR };
  const held = await inTransaction(town.db.serverPool, async (tx) => {
    const what = { kind: 'bundle', subject: `bundle:${row}`, reasons: ['unsigned'] } as const;
    const given = { ...what, money, score: 2_000, at: new Date(town.now * 1000), ...rest };
    const review = await openReview(tx, given);
    const by = { uploader: 'till:T', hold: { review, allowanceNos: [] } };
    const received = await town.settlement.receiveIn(tx, batch, by);
    if (!received.ok) throw new Error(received.detail);
    const { uploadId } = received.value;
    await nameReviewedUpload(tx, review, uploadId);
    return { review, uploadId };
  });
  await town.db.ownerPool.query(
    'update device_bundles set review = $2, upload_id = $3, verdict = $4 where id = $1',
    [row, held.review, held.uploadId, quarantined ? 'quarantined' : 'pending_review'],
  );
  return { ...held, row, batch };
}
