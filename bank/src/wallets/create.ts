import { record } from '../audit/index.ts';
import { inTransaction } from '../db/index.ts';
import type { Tx } from '../db/index.ts';
import { once } from '../idempotency/index.ts';
import type { People } from '../identity/index.ts';
import { ensureWalletKey, KeyRefused, registerKeyIn } from './keys/index.ts';
import type { EscrowDeps, RegisterDeps, RegisterRefusal } from './keys/index.ts';
import { announceWallet, claimWallet, linkBankAccount } from './store/wallets.ts';
import { openWallet } from './wallets.ts';
import type { WalletKind } from './wallets.ts';

export interface CreateDeps extends EscrowDeps, RegisterDeps {
  readonly people: Pick<People, 'update'>;
}

export interface WalletOrder {
  readonly accountId: bigint;
  readonly account: string;
  readonly kind: WalletKind;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Normalised (`readBankAccount`). */
  readonly bankAccount: string | undefined;
  /** A key that the owner's device holds; else the bank makes one for an offline wallet. */
  readonly pem: string | undefined;
  /** The owner has just proved a second factor. */
  readonly fresh: boolean;
  readonly idempotencyKey: string | undefined;
  readonly now: Date;
}

export type CreateRefusal =
  'wallet/exists' | 'idempotency/key_reused' | 'idempotency/in_progress' | RegisterRefusal;

export type Created =
  | { readonly ok: true; readonly number: number }
  | { readonly ok: false; readonly code: CreateRefusal };

/**
 * The owner's wallet of a kind and currency, once: the one that sign-up made, or a new one. Of two
 * such calls at once one gets it, the other is told that it exists.
 */
export async function createWallet(deps: CreateDeps, order: WalletOrder): Promise<Created> {
  try {
    const created = await inTransaction(deps.pool, (tx) => create(tx, deps, order));
    if (created.ok && order.kind === 'offline' && order.pem === undefined) {
      // Where too many keys are being made, it gets its key when it is first needed.
      await ensureWalletKey(deps, { ...order, wallet: created.number });
    }
    return created;
  } catch (error) {
    if (error instanceof Exists) return { ok: false, code: 'wallet/exists' };
    if (error instanceof KeyRefused) return { ok: false, code: error.refused };
    throw error;
  }
}

/** Thrown to undo the transaction, and answered as a value. */
class Exists extends Error {}

async function create(tx: Tx, deps: CreateDeps, order: WalletOrder): Promise<Created> {
  const { accountId, idempotencyKey: key, now } = order;
  const asked = [order.kind, order.currency, order.bankAccount ?? null, order.pem ?? null];
  const request = new TextEncoder().encode(JSON.stringify(asked));
  // Only the number is kept: the answer is made of rows, and holds personal data.
  const ask = { accountId, route: 'createWallet', key, request, at: now };
  const answer = await once(tx, ask, async () => {
    return { ok: true, status: 201, value: await claim(tx, deps, order) } as const;
  });
  if (answer.ok) return { ok: true, number: answer.value };
  return { ok: false, code: answer.code as CreateRefusal };
}

async function claim(tx: Tx, deps: CreateDeps, order: WalletOrder): Promise<number> {
  const { accountId, account, kind, currency, bankAccount, pem, now } = order;
  const { number } = await openWallet(tx, { accountId, kind, currency, at: now });
  if (!(await claimWallet(tx, number, now))) throw new Exists();
  if (pem !== undefined) await registerKeyIn(tx, deps, { ...order, wallet: number, pem });
  if (bankAccount !== undefined) {
    await deps.people.update(tx, accountId, { iban: bankAccount });
    await linkBankAccount(tx, number, now);
  }
  const event = { action: 'wallet.created', subject: `wallet:${number}`, outcome: kind };
  await record(tx, [{ actor: `account:${account}`, ...event, details: { currency } }], now);
  await announceWallet(tx, number, now);
  return number;
}
