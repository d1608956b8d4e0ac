import { hex } from '@sikka/protocol';
import type { Payee } from '@sikka/wallet/payee';
import type { Payer } from '@sikka/wallet/payer';
import type { BankView } from '../bank/port.ts';
import type { Phone, WalletState } from '../phone.ts';
import { documentsIn } from '../recorder.ts';
import type { World } from '../world.ts';

/** A phone's word for a payment once it is over. */
const OVER: ReadonlySet<string> = new Set(['settled', 'rejected']);
/** The bank may settle later what it refused so: the phone keeps the first answer. */
const PASSING = 'claim_window_closed';

/**
 * What a sync that ended well leaves behind (spec/journal.md 8): the bank has received everything
 * that is not over, and the phone knows what the bank has decided, as it stands there.
 */
export async function leavesNothingBehind(
  world: World,
  phone: Phone,
  { after, isAllDecided }: { readonly after: BankView; readonly isAllDecided: boolean },
): Promise<void> {
  const read = await phone.use(async ({ wallet, payer, payee }) => {
    const state = await wallet.journal.read();
    return { state, spends: await payer.state(), waits: await payee.pending() };
  });
  if (read === undefined) return;
  const { state } = read;
  const received = idsReceived(after);
  const open = openIn(state);
  const wrong = [
    ...open.filter((id) => !received.has(id) || isAllDecided),
    ...otherwiseIn(state, after),
  ];
  for (const id of wrong) {
    const detail = `${phone.name} has synced, and does not know what became of ${id}`;
    world.report({ invariant: 'phones-know', detail });
  }
  for (const detail of shownOtherwise(read, open)) {
    world.report({ invariant: 'phones-show', detail: `${phone.name} shows ${detail}` });
  }
}

interface Shown {
  readonly state: WalletState;
  readonly spends: Awaited<ReturnType<Payer['state']>>;
  readonly waits: Awaited<ReturnType<Payee['pending']>>;
}

/** What a person sees of his money adds up from what the journal has. */
function shownOtherwise({ state, spends, waits }: Shown, open: readonly string[]) {
  if (!spends.ok || !waits.ok) return [];
  const found: string[] = [];
  if (spends.pending !== open.length) found.push(`${spends.pending} pending of ${open.length}`);
  const isStopped = state.rolledBack !== undefined;
  const left = [...state.allowances.values()].flatMap(({ allowance: { fields }, ...held }) => {
    const { firstSequence, count, limitMinor, until } = fields;
    const isFull = held.lastSequence >= firstSequence + count - 1;
    const isOver = isStopped || isFull || held.returned !== undefined || spends.bankTime > until;
    return isOver ? [] : [limitMinor - held.spentMinor];
  });
  const leftMinor = left.reduce((sum, minor) => sum + minor, 0n);
  if (spends.leftMinor !== leftMinor)
    found.push(`${spends.leftMinor} left instead of ${leftMinor}`);
  const waiting = [...state.accepted.values()].filter((payment) => !OVER.has(payment.state));
  const waitsMinor = waiting.reduce(
    (sum, each) => sum + each.packet.payment.fields.amountMinor,
    0n,
  );
  const isSame = waits.payments.length === waiting.length && waits.totalMinor === waitsMinor;
  if (!isSame) found.push(`${waits.totalMinor} on its way instead of ${waitsMinor}`);
  return found;
}

function idsReceived({ uploads }: BankView): ReadonlySet<string> {
  return new Set(
    uploads.flatMap(({ bytes }) => documentsIn(bytes).flatMap((each) => each?.id ?? [])),
  );
}

/** What is to be handed in, by the journal's own words. */
function openIn({ given, accepted, contradictions, allowances }: WalletState): readonly string[] {
  const payments = [...[...given].filter(([, { withheld }]) => !withheld), ...accepted];
  const refunds = [...accepted.values()].flatMap((payment) => payment.refunds);
  const others = [
    ...[...contradictions].map(([id, { answer }]) => ({ id, answer })),
    ...refunds.map(({ packet, answer }) => ({ id: hex(packet.refundId), answer })),
    ...[...allowances.values()].flatMap(({ returned: made }) =>
      made === undefined ? [] : [{ id: hex(made.packet.returnId), answer: made.answer }],
    ),
  ];
  return [
    ...payments.flatMap(([id, payment]) => (OVER.has(payment.state) ? [] : [id])),
    ...others.flatMap(({ id, answer }) => ((answer?.result ?? 'pending') === 'pending' ? id : [])),
  ];
}

/** Payments that are over here, and otherwise at the bank. */
function otherwiseIn({ given, accepted }: WalletState, view: BankView): readonly string[] {
  const settled = new Map(view.settled.map((row) => [row.id, row]));
  const rejected = new Map(view.rejected.map((row) => [row.id, row]));
  return [...given, ...accepted].flatMap(([id, { state, answer }]) => {
    const { code, extra, proofId } = answer ?? {};
    if (state === 'settled') return settled.get(id)?.extra === extra ? [] : [id];
    if (state !== 'rejected' || code === PASSING) return [];
    const row = rejected.get(id);
    const proof = proofId && hex(proofId);
    return row?.code === code && row?.proofId === proof ? [] : [id];
  });
}
