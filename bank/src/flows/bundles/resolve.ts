import { hex, parseLooseAmount, parseWalletNumber } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import type { People } from '../../identity/index.ts';
import type { Claim } from '../../settlement/index.ts';
import { readClaims } from '../../settlement/index.ts';
import { walletsByKey } from '../../wallets/index.ts';
import {
  readCurrentWallets,
  readOwners,
  readPeopleOfLedgers,
  readTenantsNamed,
} from './store/names.ts';
import type { NamedTenant } from './store/names.ts';
import type { BundledTransaction } from './transactions.ts';

/** Whom a sender's or receiver's text names. */
export interface Party {
  readonly accountId: bigint;
  /** The current wallet that is meant; undefined where there is none in that currency. */
  readonly wallet: number | undefined;
  /** Named by a phone number: whose that is, no till is told for nothing. */
  readonly byPhone?: true;
}

/** What `meta.payment` claims; nothing in it is proved yet. */
export interface ClaimedPayment {
  /** Its id, whatever brings it. */
  readonly documentId: Uint8Array;
  readonly amountMinor: bigint | undefined;
  readonly currency: number | undefined;
  /** Undefined where nobody here has that wallet, key or id. */
  readonly payeeAccount: bigint | undefined;
  /** Of a payment under an allowance. */
  readonly allowanceId: Uint8Array | undefined;
}

/** What a bundle's texts and payments name, read without locks. */
export interface Named {
  /** By the text as written; what names nobody, or more than one, is missing. */
  readonly parties: ReadonlyMap<string, Party>;
  /** By ordinal; what is no payment of a kind that a till hands in is missing. */
  readonly payments: ReadonlyMap<number, ClaimedPayment>;
  /** The same as their bytes read: whoever decides them need not read them again. */
  readonly claims: readonly Claim[];
}

export interface Naming {
  readonly transactions: readonly BundledTransaction[];
  readonly currency: number;
  readonly people: Pick<People, 'byPhones'>;
  readonly now: Date;
}

/** Six statements at most, however many the transactions are. */
export async function resolveNames(db: Db, naming: Naming): Promise<Named> {
  const { transactions, currency } = naming;
  const texts = [...new Set(transactions.flatMap(({ said }) => [said.sender, said.receiver]))];
  const numbers = new Map(texts.flatMap((text) => numberIn(text)));
  const claims = await readPayments(transactions);
  const payees = await payeesOf(db, [...claims.values()]);
  const asked = [...numbers.values(), ...payees.values()].filter((one) => typeof one === 'number');
  const owners = await readOwners(db, asked);
  const tenants = await readTenantsNamed(db, texts.flatMap(tenantIdsIn), currency);
  const parties = new Map(await partiesByPhone(db, texts, naming));
  for (const text of texts) {
    const number = numbers.get(text);
    const owner = number === undefined ? undefined : owners.get(number);
    const party =
      owner === undefined
        ? tenantNamed(text, tenants)
        : owner.kind === 'current'
          ? { accountId: owner.accountId, wallet: number }
          : undefined;
    if (party !== undefined) parties.set(text, party);
  }
  const payments = new Map<number, ClaimedPayment>();
  for (const [ordinal, claim] of claims) {
    const payee = payees.get(claim);
    const payeeAccount = typeof payee === 'number' ? owners.get(payee)?.accountId : payee;
    payments.set(ordinal, { ...saidIn(claim, currency), payeeAccount });
  }
  return { parties, payments, claims: [...claims.values()] };
}

/** Only of numbers that were verified (decisions/0031). */
async function partiesByPhone(
  db: Db,
  texts: readonly string[],
  { people, currency, now }: Naming,
): Promise<readonly [string, Party][]> {
  const accounts = await people.byPhones(db, texts, now);
  const wallets = await readCurrentWallets(db, [...accounts.values()], currency);
  return [...accounts].map(([text, accountId]) => [
    text,
    { accountId, wallet: wallets.get(accountId), byPhone: true },
  ]);
}

type PaymentClaim = Extract<Claim, { readonly kind: 'payment' | 'key_payment' | 'ledger_entry' }>;

async function readPayments(
  transactions: readonly BundledTransaction[],
): Promise<ReadonlyMap<number, PaymentClaim>> {
  const signed = transactions.flatMap(({ ordinal, said: { payment } }) =>
    payment === undefined ? [] : [{ ordinal, bytes: payment }],
  );
  const items = signed.map(({ bytes }, place) => ({ place, at: 0, bytes }));
  const claims = await readClaims(items);
  return new Map(
    signed.flatMap(({ ordinal }, place): [number, PaymentClaim][] => {
      const claim = claims[place];
      return claim !== undefined && isPayment(claim) ? [[ordinal, claim]] : [];
    }),
  );
}

function isPayment(claim: Claim): claim is PaymentClaim {
  const { kind } = claim;
  return kind === 'payment' || kind === 'key_payment' || kind === 'ledger_entry';
}

/** The payee of each: a wallet's number, or an account. */
async function payeesOf(
  db: Db,
  claims: readonly PaymentClaim[],
): Promise<ReadonlyMap<PaymentClaim, number | bigint>> {
  const keys = claims.flatMap((claim) =>
    claim.kind === 'key_payment' ? [claim.signed.claimed.payeeKey] : [],
  );
  const people = claims.flatMap((claim) =>
    claim.kind === 'ledger_entry' ? [claim.transaction.toId] : [],
  );
  const byKey = await walletsByKey(db, keys);
  const byId = await readPeopleOfLedgers(db, people);
  const payees = new Map<PaymentClaim, number | bigint>();
  for (const claim of claims) {
    const payee = payeeOf(claim, { byKey, byId });
    if (payee !== undefined) payees.set(claim, payee);
  }
  return payees;
}

function payeeOf(
  claim: PaymentClaim,
  known: {
    readonly byKey: ReadonlyMap<string, number>;
    readonly byId: ReadonlyMap<string, bigint>;
  },
): number | bigint | undefined {
  switch (claim.kind) {
    case 'payment':
      return claim.packet.payment.fields.payeeWallet;
    case 'key_payment':
      return known.byKey.get(hex(claim.signed.claimed.payeeKey));
    case 'ledger_entry':
      return known.byId.get(claim.transaction.toId);
  }
}

function saidIn(claim: PaymentClaim, currency: number): Omit<ClaimedPayment, 'payeeAccount'> {
  const { documentId } = claim;
  switch (claim.kind) {
    case 'payment': {
      const { amountMinor, currency: of } = claim.packet.payment.fields;
      return { documentId, amountMinor, currency: of, allowanceId: claim.packet.allowanceId };
    }
    case 'key_payment': {
      const { amountMinor, currency: of } = claim.signed.claimed;
      return { documentId, amountMinor, currency: of, allowanceId: undefined };
    }
    case 'ledger_entry': {
      // It names no currency: exact in the till's or in none.
      const amount = parseLooseAmount(claim.transaction.amount, currency);
      const amountMinor = amount.ok ? amount.value : undefined;
      return { documentId, amountMinor, currency, allowanceId: undefined };
    }
  }
}

function numberIn(text: string): [string, number][] {
  const number = /^[0-9]{12}$/.test(text) ? parseWalletNumber(text) : undefined;
  return number?.ok === true ? [[text, number.value]] : [];
}

const TYPED = /^(merchant|agent|internal):(.+)$/s;

/** A tenant's id may have a colon of its own. */
function tenantIdsIn(text: string): readonly string[] {
  const typed = TYPED.exec(text)?.[2];
  return typed === undefined ? [text] : [text, typed];
}

/** `agent:7`, or `7` where only one tenant is called so. What may mean two names nobody. */
function tenantNamed(text: string, tenants: readonly NamedTenant[]): Party | undefined {
  const [, type, id] = TYPED.exec(text) ?? [];
  const meant = tenants.filter(
    (tenant) => tenant.id === text || (tenant.type === type && tenant.id === id),
  );
  const [only] = meant;
  return meant.length === 1 && only !== undefined
    ? { accountId: only.accountId, wallet: only.wallet }
    : undefined;
}
