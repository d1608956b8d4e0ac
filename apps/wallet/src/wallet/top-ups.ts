import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import { isDecided } from './decided.ts';
import type { Ordering } from './ordering.ts';

/** Money that was asked for from the person's own bank account; the amount in minor units. */
export interface TopUp {
  readonly wallet: number;
  readonly amountMinor: bigint;
}

/** The top-up is the one that the answer is about: not always the one that was asked for last. */
export type TopUpAnswer = { readonly topUp: TopUp } & (
  | { readonly ok: true; readonly status: 'added' }
  /** To be sent from the other bank, under this reference. */
  | { readonly ok: true; readonly status: 'awaited'; readonly reference: string }
  /** `open`: whether it was added is not known; ask again. */
  | { readonly ok: false; readonly code: string; readonly open: boolean }
);

export interface TopUps {
  /** One whose code was sent, and no answer came. */
  kept(): Promise<TopUp | undefined>;
  /** Sends the mailed code; one that is open is asked for again instead, under its own key. */
  confirm(topUp: TopUp, code: string): Promise<TopUpAnswer>;
  /** Asks again for the one that is open; nothing where there is none. */
  resume(): Promise<TopUpAnswer | undefined>;
}

export type TopUpsParts = Ordering<'verifyTopUp'>;

/** As the drawer keeps it, before it is sent. */
interface Kept {
  readonly wallet: number;
  readonly amount: string;
  readonly code: string;
  readonly key: string;
}

export function openTopUps(parts: TopUpsParts): TopUps {
  const { drawer, currency, newKey, alone } = parts;
  return {
    async kept() {
      const open = await drawer.get<Kept>('topUp');
      return open && topUpOf(open, currency);
    },
    confirm: ({ wallet, amountMinor }, code) =>
      alone(async () => {
        const before = await drawer.get<Kept>('topUp');
        if (before !== undefined) return send(parts, before);
        const amount = formatAmount(amountMinor, currency);
        const made: Kept = { wallet, amount, code, key: newKey() };
        await drawer.put('topUp', made);
        return send(parts, made);
      }),
    resume: () =>
      alone(async () => {
        const open = await drawer.get<Kept>('topUp');
        return open && send(parts, open);
      }),
  };
}

async function send({ client, drawer, currency }: TopUpsParts, made: Kept): Promise<TopUpAnswer> {
  const { wallet: wallet_id, amount, code: otp, key } = made;
  const answer = await client.verifyTopUp({
    body: { wallet_id, amount, otp },
    idempotencyKey: key,
  });
  const open = !answer.ok && !isDecided(answer.problem);
  // Only what was answered: another one's key is the only thing that keeps it from twice.
  const isThis = (await drawer.get<Kept>('topUp'))?.key === key;
  if (!open && isThis) await drawer.remove('topUp');
  const about = { topUp: topUpOf(made, currency) };
  if (!answer.ok) return { ok: false, code: answer.problem.code, open, ...about };
  if (answer.status === 200) return { ok: true, status: 'added', ...about };
  return { ok: true, status: 'awaited', reference: answer.value.reference ?? '', ...about };
}

function topUpOf({ wallet, amount }: Kept, currency: number): TopUp {
  const parsed = parseAmount(amount, currencyOf(currency)?.alpha ?? '');
  return { wallet, amountMinor: parsed.ok ? parsed.value : 0n };
}
