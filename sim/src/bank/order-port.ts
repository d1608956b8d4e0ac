import type { BundlePush, DeviceKey } from '@sikka/protocol';
import type { ItemOutcome } from './port.ts';

/** What a bank of the simulation answers who pays by sealed ledgers and by tills' bundles. */
export interface OrderDesk {
  /** What ledgers and bundles are sealed to: 33 bytes. */
  readonly sealingKey: Uint8Array;
  /** Registered and approved, with money set aside; answers its current wallet's number. */
  registerPerson(person: NewPerson): Promise<number>;
  /** Active, of a tenant whose float is loaded when it is first named; answers its wallet. */
  registerTill(till: NewTill): Promise<number>;
  /** More for a limit or a float: what waited for it is decided again. */
  topUp(signer: string, amountMinor: bigint): Promise<void>;
  setApproved(userId: string, approved: boolean): Promise<void>;
  setStatus(deviceId: string, status: TillStatus): Promise<void>;
  /** The body of `/settle-ledger`. */
  settleLedger(body: string): Promise<IntakeAnswer>;
  pushBundle(push: BundlePush): Promise<IntakeAnswer>;
  /** Both verdicts hand what was held to settlement. */
  decideReview(review: string, verdict: 'released' | 'rejected'): Promise<void>;
}

export type TillStatus = 'active' | 'suspended' | 'revoked';

export interface NewPerson {
  readonly userId: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly limitMinor: bigint;
}

export interface NewTill {
  readonly deviceId: string;
  readonly key: DeviceKey;
  readonly tenant: string;
  readonly floatMinor: bigint;
}

export interface IntakeAnswer {
  /** `again`: the first answer to these very bytes. */
  readonly state: 'again' | 'held' | 'refused' | 'rejected' | 'taken';
  /** Why all of it was refused. */
  readonly code?: string;
  /** Of its items without the carrier, in their order; undefined where the worker decides. */
  readonly outcomes?: readonly ItemOutcome[] | undefined;
  /** As it was handed to settlement. */
  readonly batch?: Uint8Array;
}

/** What stands in the bank's books about orders. */
export interface OrdersView {
  readonly settled: readonly OrderView[];
  /** The first order proved under each number. */
  readonly numbers: readonly NumberView[];
  /** What limits (by user id) and floats (by tenant) hold. */
  readonly funds: ReadonlyMap<string, bigint>;
  /** Of people of ledgers and of tenants, by wallet number. */
  readonly wallets: ReadonlyMap<number, bigint>;
  /** Users that are approved, and tills with their status. */
  readonly approved: ReadonlySet<string>;
  readonly tills: ReadonlyMap<string, TillStatus>;
  /** Own transactions of tills as their bundles brought them, by document id. */
  readonly brought: ReadonlyMap<string, BroughtView>;
  readonly reviews: readonly ReviewView[];
}

export interface OrderView {
  readonly kind: 'ledger_entry' | 'device_transaction';
  readonly id: string;
  readonly content: string;
  /** User id or device id. */
  readonly signer: string;
  readonly number: string;
  readonly amountMinor: bigint;
  readonly payeeWallet: number;
  readonly settledAt: number;
  /** The upload that settled it. */
  readonly uploadId: number;
}

export type NumberView = Pick<OrderView, 'content' | 'id' | 'kind' | 'number' | 'signer'>;

export interface BroughtView {
  readonly content: string;
  readonly payloadHash: string;
  readonly cleared: boolean;
}

export interface ReviewView {
  readonly id: string;
  /** What it holds. */
  readonly uploadId: number;
  readonly bytes: Uint8Array;
  readonly outcome: 'released' | 'rejected' | undefined;
}

/** Under which a person's transactions name his limit. */
export function walletIdOf(userId: string): string {
  return `limit-of-${userId}`;
}
