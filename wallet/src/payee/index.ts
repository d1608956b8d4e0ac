/** The payee's door: what a till does that is paid offline. */
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
import { accept } from './accept.ts';
import type { AcceptAnswer } from './accept.ts';
import { createRequest } from './create-request.ts';
import type { CreatedRequest, RequestOptions } from './create-request.ts';
import { payeeState, pending } from './payee-state.ts';
import type { PayeeState, PendingView } from './payee-state.ts';
import { printedCode } from './printed-code.ts';
import type { PrintedCode } from './printed-code.ts';
import { refund } from './refund.ts';
import type { RefundOptions, SignedRefund } from './refund.ts';
import { showReceipt, showRequest } from './show.ts';
import type { ShownReceipt, ShownRequest } from './show.ts';

/** The verbs of a till; each is described where it is written. */
export interface Payee {
  readonly wallet: Wallet;
  enrol(options: EnrolOptions): Promise<Outcome>;
  state(): Promise<Outcome<PayeeState>>;
  createRequest(options: RequestOptions): Promise<Outcome<CreatedRequest>>;
  showRequest(requestId: string): Promise<Outcome<ShownRequest>>;
  printedCode(): Promise<Outcome<PrintedCode>>;
  accept(payment: Incoming): Promise<AcceptAnswer>;
  showReceipt(paymentId: string): Promise<Outcome<ShownReceipt>>;
  refund(options: RefundOptions): Promise<Outcome<SignedRefund>>;
  pending(): Promise<Outcome<PendingView>>;
  takeBulletin(packet: Uint8Array): Promise<BulletinAnswer>;
  sync(): Promise<Outcome<SyncReport>>;
}

/** Opens a wallet and gives the payee's verbs on it. Refuses what `openWallet` refuses. */
export async function openPayee(parts: WalletParts): Promise<Outcome<{ readonly payee: Payee }>> {
  const opened = await openWallet(parts);
  return opened.ok ? { ok: true, payee: payeeOf(opened.wallet) } : opened;
}

/** The payee's verbs on a wallet that is open already, perhaps as a payer too. */
export function payeeOf(wallet: Wallet): Payee {
  return {
    wallet,
    enrol: (options) => enrol(wallet, options),
    state: () => payeeState(wallet),
    createRequest: (options) => createRequest(wallet, options),
    showRequest: (requestId) => showRequest(wallet, requestId),
    printedCode: () => printedCode(wallet),
    accept: (payment) => accept(wallet, payment),
    showReceipt: (paymentId) => showReceipt(wallet, paymentId),
    refund: (options) => refund(wallet, options),
    pending: () => pending(wallet),
    takeBulletin: (packet) => takeBulletin(wallet, packet),
    sync: () => sync(wallet),
  };
}

export { openWallet };
export type { AcceptedView } from './payee-state.ts';
export type * from '../core/index.ts';
export type {
  AcceptAnswer,
  CreatedRequest,
  PayeeState,
  PendingView,
  PrintedCode,
  RefundOptions,
  RequestOptions,
  ShownReceipt,
  ShownRequest,
  SignedRefund,
};
export { WALLET_CODES, WalletError } from '../errors.ts';
