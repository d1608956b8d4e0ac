import type { ExchangeState } from '@sikka/wallet/payer';
import type { PaymentState } from '../design/icon-paths.ts';
import type { MessageKey } from '../language/catalogue.ts';

/** The word of each state that a payment can be in. */
export const STATE_WORDS: Readonly<Record<PaymentState, MessageKey>> = {
  ready: 'common.stateReady',
  given: 'common.stateGiven',
  received: 'common.stateReceived',
  sent: 'common.stateSent',
  settled: 'common.stateSettled',
  confirmed: 'common.stateConfirmed',
  rejected: 'common.stateRejected',
  disputed: 'common.stateDisputed',
  later: 'common.stateReady',
};

/** How far along the four steps that a payer sees a payment is; a rejected one is on none. */
export const STEPS: readonly ExchangeState[] = ['given', 'received', 'sent', 'settled'];
