/** The payer's door: what a phone does that spends offline. */
import { enrol } from '../core/enrol.ts';
import type { EnrolOptions } from '../core/enrol.ts';
import { takeBulletin } from '../core/fetch-bulletin.ts';
import type { BulletinAnswer } from '../core/fetch-bulletin.ts';
import type { Incoming } from '../core/incoming.ts';
import { sync } from '../core/sync.ts';
import type { SyncReport } from '../core/sync.ts';
import { openWallet } from '../core/wallet.ts';
import type { Wallet, WalletParts } from '../core/wallet.ts';
import type { Outcome } from '../errors.ts';
import { acceptReceipt } from './accept-receipt.ts';
import { requestAllowance } from './allowance.ts';
import type { ReceivedAllowance } from './allowance.ts';
import { inspect } from './inspect.ts';
import type { AskedPayment } from './inspect.ts';
import { pay } from './pay.ts';
import type { PayAnswer, PayOptions } from './pay.ts';
import { payerState } from './payer-state.ts';
import type { PayerState } from './payer-state.ts';
import { show } from './show.ts';
import type { ShownPayment } from './shown-payment.ts';
import { signReturn } from './sign-return.ts';
import type { SignedReturn } from './sign-return.ts';
import { withhold } from './withhold.ts';

/** The verbs of a paying wallet; each is described where it is written. */
export interface Payer {
  readonly wallet: Wallet;
  enrol(options: EnrolOptions): Promise<Outcome>;
  requestAllowance(amountMinor: bigint): Promise<Outcome<ReceivedAllowance>>;
  state(): Promise<Outcome<PayerState>>;
  inspect(request: Incoming): Promise<Outcome<AskedPayment>>;
  pay(request: Incoming, options?: PayOptions): Promise<PayAnswer>;
  show(paymentId: string): Promise<Outcome<ShownPayment>>;
  withhold(paymentId: string): Promise<Outcome>;
  acceptReceipt(receipt: Incoming): Promise<Outcome<{ readonly paymentId: string }>>;
  signReturn(allowanceId: string): Promise<Outcome<SignedReturn>>;
  takeBulletin(packet: Uint8Array): Promise<BulletinAnswer>;
  sync(): Promise<Outcome<SyncReport>>;
}

/** Opens a wallet and gives the payer's verbs on it. Refuses what `openWallet` refuses. */
export async function openPayer(parts: WalletParts): Promise<Outcome<{ readonly payer: Payer }>> {
  const opened = await openWallet(parts);
  return opened.ok ? { ok: true, payer: payerOf(opened.wallet) } : opened;
}

/** The payer's verbs on a wallet that is open already, perhaps as a payee too. */
export function payerOf(wallet: Wallet): Payer {
  return {
    wallet,
    enrol: (options) => enrol(wallet, options),
    requestAllowance: (amountMinor) => requestAllowance(wallet, amountMinor),
    state: () => payerState(wallet),
    inspect: (request) => inspect(wallet, request),
    pay: (request, options) => pay(wallet, request, options),
    show: (paymentId) => show(wallet, paymentId),
    withhold: (paymentId) => withhold(wallet, paymentId),
    acceptReceipt: (receipt) => acceptReceipt(wallet, receipt),
    signReturn: (allowanceId) => signReturn(wallet, allowanceId),
    takeBulletin: (packet) => takeBulletin(wallet, packet),
    sync: () => sync(wallet),
  };
}

export { openWallet };
export type { AllowanceView, GivenView } from './payer-state.ts';
export type { VerifiedPayee } from './shown-payment.ts';
export type * from '../core/index.ts';
export type {
  AskedPayment,
  PayAnswer,
  PayerState,
  PayOptions,
  ReceivedAllowance,
  ShownPayment,
  SignedReturn,
};
export { WALLET_CODES, WalletError } from '../errors.ts';
