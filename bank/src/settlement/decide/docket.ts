import type { VerifiedKeyPayment, VerifiedPayment } from '@sikka/protocol';
import type { AccountId } from '../../ledger/index.ts';
import type { Handed } from '../claims.ts';
import type { RefusalCode } from '../codes.ts';
import type {
  AllowanceStatus,
  AllowanceTerms,
  DoneRefund,
  EvidencePlace,
  Facts,
  RecordedReturn,
  Rejection,
  SettledKeyPayment,
  SettledPayment,
} from '../facts.ts';
import { keyOf } from '../keys.ts';
import type { OrderName, SettledOrder } from '../orders.ts';
import type { ItemKind, Outcome } from '../outcomes.ts';

/** When and where: the only things a decision knows beside the facts. Times in seconds. */
export interface Hearing {
  readonly uploadId: bigint;
  /** When the bytes were stored first; what the claim window is judged by. */
  readonly receivedAt: number;
  /** What the rows will say. */
  readonly decidedAt: number;
}

/** An answer under way: what only posting knows is filled in afterwards. */
export interface Answer {
  readonly outcome: Outcome;
  /** Index in `Decision.settled` of the payment that this answer is about. */
  readonly settled: number | undefined;
  /** Index in `Decision.accusations` of what it led to. */
  readonly accusation: number | undefined;
}

/** A payment that settles now, with the accounts its money moves between. */
export interface Settling {
  readonly handed: Handed;
  readonly verified: VerifiedPayment;
  readonly payment: SettledPayment;
  readonly allowance: AllowanceTerms;
  /** The payee's current wallet. */
  readonly payee: AccountId;
}

/** A payment by a wallet's key that settles now. */
export interface SettlingKey {
  readonly handed: Handed;
  readonly verified: VerifiedKeyPayment;
  readonly payment: SettledKeyPayment;
  /** The payer's offline wallet. */
  readonly payer: AccountId;
  /** The payee's current wallet. */
  readonly payee: AccountId;
}

/** A payment that is the first under its nonce, whether it settles or not. */
export interface Claiming {
  readonly handed: Handed;
  readonly verified: VerifiedKeyPayment;
  readonly payerAccount: bigint;
  /** Whose the payee's key is, if anybody's. */
  readonly payeeWallet: number | undefined;
}

/** What an order debits, and whom it pays if anybody is known. */
export interface OrderTerms {
  readonly debit: AccountId;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payeeWallet: number | undefined;
  /** That brought a till's. */
  readonly bundle: bigint | undefined;
}

/** An order that is the first under its number, whether it settles or not. */
export interface Ordering extends OrderName {
  readonly documentId: Uint8Array;
  readonly content: Uint8Array;
  readonly keyId: Uint8Array;
  readonly previous: Uint8Array | undefined;
  readonly terms: OrderTerms;
}

/** An order that settles now. */
export interface SettlingOrder {
  readonly handed: Handed;
  readonly keyId: Uint8Array;
  readonly order: SettledOrder;
  readonly debit: AccountId;
  /** The payee's current wallet. */
  readonly credit: AccountId;
}

/** A ledger's transaction that was decided about now, for the audit chain. */
export interface DecidedEntry {
  readonly documentId: Uint8Array;
  readonly txnId: string;
  readonly amount: string;
  readonly code: RefusalCode | 'acceptable';
}

/** Two transactions that one key signed under one number. */
export interface OrderConflict {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/** Two documents of one key that cannot both be true; the proof is built from their bytes. */
export interface Accusation {
  readonly verdict: 'double_spend' | 'contradiction';
  readonly terms: AllowanceTerms;
  /** The one known before: where it stands, or the packet itself. */
  readonly known: EvidencePlace | Uint8Array;
  /** The packet that was judged. */
  readonly judged: Uint8Array;
}

export interface Rejecting {
  readonly handed: Handed;
  readonly kind: ItemKind;
  readonly code: RefusalCode;
  /** Where the answer stands for ever under the document's id; else it is about the bytes. */
  readonly documentId: Uint8Array | undefined;
  readonly allowanceNo: bigint | undefined;
  readonly sequence: number | undefined;
  readonly accusation: number | undefined;
  /** Id of the payment by a wallet's key that holds its nonce: the refusal is linked to it. */
  readonly keyPayment?: Uint8Array | undefined;
  /** Id of the order that holds its number. */
  readonly signedOrder?: Uint8Array | undefined;
}

export interface Returning {
  readonly handed: Handed;
  readonly recorded: RecordedReturn;
  readonly accusation: number | undefined;
}

export interface Refunding {
  readonly handed: Handed;
  readonly refund: DoneRefund;
}

/** Money that moves beside the settlements themselves. */
export interface Move {
  readonly kind: 'release' | 'refund';
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** Unique within the kind in the ledger: an allowance or a refund, once. */
  readonly reference: Uint8Array;
}

/** One allowance while the batch is decided: each decision sees the ones before it. */
export interface OpenAllowance {
  readonly terms: AllowanceTerms;
  status: AllowanceStatus;
  /** A proof exists or is made now: nothing is released. */
  proved: boolean;
  revoked: boolean;
  readonly chain: SettledPayment[];
  returned: RecordedReturn | undefined;
  settledMinor: bigint;
  releasedMinor: bigint;
  /** What the last allowed sequence says was spent in all, where it settled now. */
  finalSpentMinor: bigint | undefined;
  /** Whether its row of state has to be written. */
  changed: boolean;
}

/** The running state of one batch. Nothing in it leaves before `decide` is through. */
export interface Docket {
  readonly facts: Facts;
  readonly hearing: Hearing;
  readonly allowances: ReadonlyMap<bigint, OpenAllowance>;
  /** Answers of this batch by document id. */
  readonly answers: Map<string, Answer>;
  /** Payments of this batch by id. */
  readonly settledNow: Map<string, Settling>;
  /** Refunds by payment id, done before and now, in order of number. */
  readonly refunds: Map<string, DoneRefund[]>;
  readonly funds: Map<AccountId, bigint>;
  readonly settled: Settling[];
  /** Payments by wallet keys, by id, and those whose nonces they are, by `nonceKeyOf`. */
  readonly settledKeysNow: Map<string, SettlingKey>;
  readonly claimedNow: Map<string, Claiming>;
  readonly settledKeys: SettlingKey[];
  /** Orders, by id, and those whose numbers they are, by `orderNameOf`. */
  readonly settledOrdersNow: Map<string, SettlingOrder>;
  readonly orderedNow: Map<string, Ordering>;
  readonly settledOrders: SettlingOrder[];
  readonly entries: DecidedEntry[];
  readonly conflicts: OrderConflict[];
  readonly rejected: Rejecting[];
  readonly returned: Returning[];
  readonly refunded: Refunding[];
  readonly accusations: Accusation[];
  readonly moves: Move[];
}

export function openDocket(facts: Facts, hearing: Hearing): Docket {
  const allowances = new Map<bigint, OpenAllowance>();
  for (const [no, { terms, status, proved, settled, returned }] of facts.allowances) {
    allowances.set(no, {
      terms,
      status,
      proved,
      revoked: false,
      chain: [...settled],
      returned,
      settledMinor: 0n,
      releasedMinor: 0n,
      finalSpentMinor: undefined,
      changed: false,
    });
  }
  const refunds = new Map<string, DoneRefund[]>();
  for (const [key, refunded] of facts.refunded) refunds.set(key, [...refunded.refunds]);
  return {
    facts,
    hearing,
    allowances,
    answers: new Map(),
    settledNow: new Map(),
    refunds,
    funds: new Map(facts.funds),
    settled: [],
    settledKeysNow: new Map(),
    claimedNow: new Map(),
    settledKeys: [],
    settledOrdersNow: new Map(),
    orderedNow: new Map(),
    settledOrders: [],
    entries: [],
    conflicts: [],
    rejected: [],
    returned: [],
    refunded: [],
    accusations: [],
    moves: [],
  };
}

/** An allowance that was proved to be one of ours has its facts; anything else is a bug. */
export function allowanceOf(docket: Docket, no: bigint): OpenAllowance {
  const allowance = docket.allowances.get(no);
  if (allowance === undefined) throw new Error(`No facts were read of allowance ${no}.`);
  return allowance;
}

/** An answer that nothing later fills in. */
export function plainAnswer(outcome: Outcome): Answer {
  return { outcome, settled: undefined, accusation: undefined };
}

/** The answer that this document already has: in this batch, or refused for ever before it. */
export function earlierAnswer(
  docket: Docket,
  documentId: Uint8Array,
  describe: (rejection: Rejection) => Outcome,
): Answer | undefined {
  const key = keyOf(documentId);
  const now = docket.answers.get(key);
  if (now !== undefined) return now;
  const rejection = docket.facts.rejections.get(key);
  return rejection === undefined ? undefined : plainAnswer(describe(rejection));
}

/** Keeps account of the funds that this batch's refunds and payments by keys are paid from. */
export function addFunds(docket: Docket, account: AccountId, amountMinor: bigint): void {
  const funds = docket.funds.get(account);
  if (funds !== undefined) docket.funds.set(account, funds + amountMinor);
}

/** Revokes allowance and device; the account is reviewed (spec/settlement.md §2). */
export function accuse(
  docket: Docket,
  allowance: OpenAllowance,
  accusation: Omit<Accusation, 'terms'>,
): number {
  allowance.proved = true;
  allowance.revoked = true;
  allowance.changed = true;
  // A closed allowance has nothing left to revoke; that it was, is still noted.
  if (allowance.status !== 'closed') allowance.status = 'revoked';
  docket.accusations.push({ ...accusation, terms: allowance.terms });
  return docket.accusations.length - 1;
}
