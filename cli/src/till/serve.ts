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
 * the payment; undefined when its time is over. A payment that came in time is judged first. Throws
 * `cli/wallet_refused` where the wallet makes no request, what the radio throws, and what judging
 * or telling threw: then it is off the air, and the payment may be kept.
 */
export const serveTill = async (options: ServeOptions): Promise<Accepted | undefined> => {
  const { payee, radio, amountMinor, random, told } = options;
  const { packet, until } = orRefused(await payee.createRequest({ amountMinor }));
  let accepted: Accepted | undefined;
  const end = openEnd();
  const side = openTillSide({
    request: packet,
    accept: (payment) => {
      end.hold();
      return payee.accept(payment);
    },
    now: () => performance.now(),
    told: (moment) => {
      end.failOn(() => {
        switch (moment.kind) {
          case 'answered':
            // A stranger's refusal is nobody's receipt.
            if (moment.answer.ok) end.in(LAST_WORD_MS);
            return;
          case 'failed':
            throw moment.error;
          case 'judged':
            if (moment.answer.ok && accepted === undefined) {
              accepted = moment.answer;
              end.in(RECEIPT_MS);
            }
            end.release();
            break;
          case 'read':
        }
        told(moment);
      });
    },
  });
  const name = drawTillName(random);
  const onAir = await radio.open({ name, side });
  try {
    if (accepted === undefined) end.in(Math.max(0, until * 1_000 - Date.now()));
    told({ kind: 'open', name, until });
    await end.came;
  } finally {
    end.close();
    await onAir.close();
  }
  end.rethrow();
  return accepted;
};

/** The moment when the till goes off the air. */
const openEnd = () => {
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let held = 0;
  let failed: { readonly error: unknown } | undefined;
  let finish: () => void = () => undefined;
  const came = new Promise<void>((resolve) => (finish = resolve));
  const look = (): void => {
    if (isDue && held === 0) finish();
  };
  return {
    came,
    in: (ms: number): void => {
      clearTimeout(timer);
      isDue = false;
      timer = setTimeout(() => {
        isDue = true;
        look();
      }, ms);
    },
    /** What comes due waits until it is released. */
    hold: (): void => void (held += 1),
    release: (): void => {
      held -= 1;
      look();
    },
    failOn: (work: () => void): void => {
      try {
        work();
      } catch (error) {
        failed ??= { error };
        finish();
      }
    },
    rethrow: (): void => {
      if (failed !== undefined) throw failed.error;
    },
    close: () => clearTimeout(timer),
  };
};
