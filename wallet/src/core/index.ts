/** Types that both doors share. */
export type { BankClient, BankIdentity } from './bank.ts';
export type { EnrolOptions } from './enrol.ts';
export type { BulletinAnswer } from './fetch-bulletin.ts';
export type { Incoming } from './incoming.ts';
export type { SyncReport } from './sync.ts';
export type { Wallet, WalletParts } from './wallet.ts';
export type { Clock, RandomSource } from '../clock.ts';
export type { Outcome, Refusal, WalletCode } from '../errors.ts';
export type { ExchangeState } from '../exchange/exchange.ts';
export type { Keystore } from '../keystore/keystore.ts';
export type { StoreRecord, WalletStore, WitnessPlace } from '../store/store.ts';
