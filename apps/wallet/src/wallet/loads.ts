import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Outcome, Refusal } from '@sikka/wallet/payer';
import type { AppClient } from '../account/bank-client.ts';
import type { Drawer } from '../vault/drawer.ts';
import type { Alone } from './alone.ts';
import { isDecided } from './decided.ts';
import type { Online } from './online.ts';

/**
 * A move begun and not finished. `bank`: money goes from one of the person's wallets to the other.
 * `allowance`: it is in the offline wallet, and the bank is asked to set it aside for this phone.
 */
export interface Move {
  readonly kind: 'load' | 'giveBack';
  readonly step: 'bank' | 'allowance';
  readonly amountMinor: bigint;
  readonly busy: boolean;
  /** The code of what kept it from going on, the last time. */
  readonly failed: string | undefined;
}

/** A move that ended well. */
export interface Moved {
  readonly kind: Move['kind'];
  readonly amountMinor: bigint;
}

/** `kind` and amount are those of the move that ended: not always the one asked for last. */
export type MoveAnswer =
  ({ readonly ok: true } & Moved) | { readonly ok: false; readonly code: string };

/** Money between the two wallets of one person, and onto this phone. */
export interface Loads {
  readonly current: ReadonlySignal<Move | undefined>;
  /** The one that ended last, where it ended well; whoever went on with it. */
  readonly moved: ReadonlySignal<Moved | undefined>;
  /** The code of why the last one ended with nothing moved. */
  readonly refused: ReadonlySignal<string | undefined>;
  /** What came of it was seen. */
  dismiss(): void;
  /** Sets money aside for offline spending. One that was begun before is finished instead. */
  load(amountMinor: bigint): Promise<MoveAnswer>;
  /** Money that is not set aside goes back to the online balance. The same holds. */
  giveBack(amountMinor: bigint): Promise<MoveAnswer>;
  /** Goes on with what was begun; nothing where there is none. */
  resume(): Promise<MoveAnswer | undefined>;
}

export interface LoadsParts {
  readonly client: Pick<AppClient, 'createTransfer'>;
  readonly drawer: Drawer;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** A key that no other request has. */
  readonly newKey: () => string;
  /** One at a time, over all tabs. */
  readonly alone: Alone;
  readonly askOnline: () => Promise<
    { readonly ok: true; readonly online: Online } | { ok: false; problem: { code: string } }
  >;
  readonly requestAllowance: (
    amountMinor: bigint,
  ) => Promise<Outcome<{ readonly limitMinor: bigint }>>;
  /** The journal or the balances have changed. */
  readonly changed: () => Promise<void>;
}

/** As the drawer keeps it, before anything is sent. */
interface Kept {
  readonly kind: Move['kind'];
  readonly step: Move['step'];
  readonly amount: string;
  readonly from: number;
  readonly to: number;
  /** What the bank moves, in major units; empty where enough is in the offline wallet already. */
  readonly moved: string;
  readonly key: string;
  /** For the way back, where the bank moves the money and then sets nothing aside. */
  readonly backKey: string;
  /** Why it goes back. */
  readonly because?: string;
}

/** Refusals of the journal after which asking again is of use. */
const PASSING = new Set<string>([
  ...['wallet/bank_unreachable', 'wallet/not_enrolled', 'wallet/answer_invalid'],
  ...['wallet/store_busy', 'wallet/store_conflict', 'wallet/store_failed'],
]);

type Step = { readonly next: Kept } | { readonly end: MoveAnswer } | { readonly wait: string };

/** Reads what was begun before; `resume` goes on with it. */
export async function openLoads(parts: LoadsParts): Promise<Loads> {
  const { drawer, alone } = parts;
  const current = signal<Move | undefined>(undefined);
  const moved = signal<Moved | undefined>(undefined);
  const refused = signal<string | undefined>(undefined);
  const forget = () => {
    moved.value = undefined;
    refused.value = undefined;
  };
  const show = (kept: Kept | undefined, how: Pick<Move, 'busy' | 'failed'>) => {
    current.value = kept && { ...viewOf(kept), ...how };
  };
  const carry = async (begun: Kept): Promise<MoveAnswer> => {
    let kept = begun;
    forget();
    for (;;) {
      show(kept, { busy: true, failed: undefined });
      const step = await takeStep(parts, kept);
      if ('wait' in step) {
        show(kept, { busy: false, failed: step.wait });
        return { ok: false, code: step.wait };
      }
      if ('end' in step) {
        await drawer.remove('move');
        await parts.changed();
        if (step.end.ok) moved.value = step.end;
        else refused.value = step.end.code;
        current.value = undefined;
        return step.end;
      }
      kept = step.next;
      await drawer.put('move', kept);
    }
  };
  const begin = (kind: Move['kind'], amountMinor: bigint): Promise<MoveAnswer> =>
    alone(async () => {
      const before = await drawer.get<Kept>('move');
      if (before !== undefined) return carry(before);
      const made = await makeMove(parts, kind, amountMinor);
      if ('code' in made) return { ok: false, code: made.code };
      await drawer.put('move', made);
      return carry(made);
    });
  show(await drawer.get<Kept>('move'), { busy: false, failed: undefined });
  return {
    ...{ current, moved, refused },
    dismiss: forget,
    load: (amountMinor) => begin('load', amountMinor),
    giveBack: (amountMinor) => begin('giveBack', amountMinor),
    resume: () =>
      alone(async () => {
        const kept = await drawer.get<Kept>('move');
        if (kept !== undefined) return carry(kept);
        current.value = undefined;
        return undefined;
      }),
  };
}

/** What is to be done, by the balances as the bank has them now. */
async function makeMove(
  { askOnline, currency, newKey }: LoadsParts,
  kind: Move['kind'],
  amountMinor: bigint,
): Promise<Kept | { readonly code: string }> {
  const asked = await askOnline();
  if (!asked.ok) return { code: asked.problem.code };
  const { current, offline } = asked.online;
  if (current === undefined || offline === undefined) return { code: 'wallet/not_found' };
  // What is in the offline wallet and free needs no moving.
  const missing = kind === 'load' ? amountMinor - offline.availableMinor : amountMinor;
  const [from, to] = kind === 'load' ? [current, offline] : [offline, current];
  return {
    ...{ kind, step: 'bank', amount: String(amountMinor), from: from.number, to: to.number },
    moved: missing > 0n ? formatAmount(missing, currency) : '',
    ...{ key: newKey(), backKey: newKey() },
  };
}

function viewOf({ kind, step, amount }: Kept): Pick<Move, 'kind' | 'step' | 'amountMinor'> {
  return { kind, step, amountMinor: BigInt(amount) };
}

function takeStep(parts: LoadsParts, kept: Kept): Promise<Step> {
  return kept.step === 'bank' ? moveAtBank(parts, kept) : setAside(parts, kept);
}

/** The same key and the same words each time: the bank moves it once (api: createTransfer). */
async function moveAtBank({ client, currency }: LoadsParts, kept: Kept): Promise<Step> {
  const { kind, from, to, moved, key, amount, because } = kept;
  if (moved !== '') {
    const answer = await client.createTransfer({
      body: {
        ...{ from_wallet_id: from, to_wallet_id: to, amount: moved },
        currency: currencyOf(currency)?.alpha ?? '',
      },
      idempotencyKey: key,
    });
    if (!answer.ok) {
      const { problem } = answer;
      if (!isDecided(problem)) return { wait: problem.code };
      return { end: { ok: false, code: because ?? problem.code } };
    }
  }
  if (kind === 'load') return { next: { ...kept, step: 'allowance' } };
  return because === undefined
    ? { end: { ok: true, kind, amountMinor: BigInt(amount) } }
    : { end: { ok: false, code: because } };
}

/** The journal repeats its own request byte for byte, so this is safe to repeat as well. */
async function setAside({ requestAllowance }: LoadsParts, kept: Kept): Promise<Step> {
  const answer = await requestAllowance(BigInt(kept.amount));
  if (answer.ok) return { end: { ok: true, kind: 'load', amountMinor: answer.limitMinor } };
  const code = codeOf(answer);
  if (!isFinal(answer)) return { wait: code };
  if (kept.moved === '') return { end: { ok: false, code } };
  // Nothing is set aside, so nothing stays moved either.
  const { from, to, backKey } = kept;
  const back = { from: to, to: from, key: backKey, because: code };
  return { next: { ...kept, ...back, kind: 'giveBack', step: 'bank' } };
}

/** The bank's own code where it spoke. */
function codeOf({ code, problem }: Refusal): string {
  return problem?.code ?? code;
}

function isFinal({ code, problem }: Refusal): boolean {
  return problem === undefined ? !PASSING.has(code) : isDecided(problem);
}
