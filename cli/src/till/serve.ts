import { drawTillName, openTillSide } from '@sikka/wallet/nearby';
import type { AcceptAnswer, Payee } from '@sikka/wallet/payee';
import { orRefused } from '../wallet/open.ts';
import type { Radio } from './radio.ts';

export type { Offer, OnAir, Radio } from './radio.ts';

export type Accepted = Extract<AcceptAnswer, { readonly ok: true }>;

/** What happens at the till, for its screen. */
export type TillEvent =
  /** To be found by phones under this name; `until` in seconds. */
  | { readonly kind: 'open'; readonly name: string; readonly until: number }
  /** A phone reads what is asked. */
  | { readonly kind: 'read' }
  | { readonly kind: 'judged'; readonly answer: AcceptAnswer };

export interface ServeOptions {
  readonly payee: Pick<Payee, 'createRequest' | 'accept'>;
  readonly radio: Radio;
  readonly amountMinor: bigint | 'open';
  readonly random: { randomBytes(length: number): Uint8Array };
  readonly told: (event: TillEvent) => void;
}

/** How long a phone that paid may take to fetch its receipt, tries that broke included. */
const RECEIPT_MS = 90_000;
/** From the receipt's last chunk until it is surely on its way. */
const LAST_WORD_MS = 1_000;

/**
 * Offers one request over the air until it is paid and the phone has its receipt, and answers with
 * the payment; undefined when its time is over. Throws `cli/wallet_refused` where the wallet makes
 * no request, and what the radio throws.
 */
export const serveTill = async (options: ServeOptions): Promise<Accepted | undefined> => {
  const { payee, radio, amountMinor, random, told } = options;
  const { packet, until } = orRefused(await payee.createRequest({ amountMinor }));
  let accepted: Accepted | undefined;
  let timer: NodeJS.Timeout | undefined;
  let finish: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (finish = resolve));
  const finishIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(finish, ms);
  };
  const side = openTillSide({
    request: packet,
    accept: (payment) => payee.accept(payment),
    now: () => performance.now(),
    told: (moment) => {
      if (moment.kind === 'answered') {
        if (accepted !== undefined) finishIn(LAST_WORD_MS);
        return;
      }
      if (moment.kind === 'judged' && moment.answer.ok && accepted === undefined) {
        accepted = moment.answer;
        finishIn(RECEIPT_MS);
      }
      told(moment);
    },
  });
  const name = drawTillName(random);
  const onAir = await radio.open({ name, side });
  finishIn(Math.max(0, until * 1_000 - Date.now()));
  told({ kind: 'open', name, until });
  try {
    await over;
  } finally {
    clearTimeout(timer);
    await onAir.close();
  }
  return accepted;
};
