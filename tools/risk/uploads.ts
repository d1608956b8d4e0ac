import type { History, Identity, PastPayment, RiskBatch } from '../../bank/src/risk/batch.ts';
import { factsOf } from '../../bank/src/risk/facts.ts';
import type { Facts } from '../../bank/src/risk/facts.ts';
import { limits } from '../../bank/src/risk/limits.ts';
import { DAY, HOUR, LIMIT, START } from './town.ts';
import type { Act, Town } from './town.ts';

/** What the bank would have known of one item, and what it was. */
export interface Labelled {
  readonly facts: Facts;
  readonly kind: Act['kind'];
  /** Since the simulation's first midnight. */
  readonly day: number;
}

/** An account that nobody lives in was opened this long before it was first used. */
const STRANGER_AGE = 3 * DAY;

/**
 * Hands every till's acts in as its uploads, one after the other, and takes the facts of each item
 * by the bank's own `factsOf`, from a history that knows only what was handed in before.
 */
export function handIn(town: Town): readonly Labelled[] {
  const memory = createMemory(town);
  return uploadsOf(town.acts).flatMap(({ receivedAt, acts }) => {
    const batch = batchOf(acts, receivedAt);
    const facts = factsOf(batch, memory.historyOf(batch));
    memory.keep(batch);
    const day = Math.floor((receivedAt - START) / DAY);
    return acts.flatMap(({ kind }, index) => {
      const one = facts[index];
      return one === undefined ? [] : [{ facts: one, kind, day }];
    });
  });
}

interface Upload {
  readonly receivedAt: number;
  readonly acts: readonly Act[];
}

/** A till uploads every so many hours whatever has come together; in the order of time. */
function uploadsOf(acts: readonly Act[]): readonly Upload[] {
  const uploads = new Map<string, { readonly receivedAt: number; readonly acts: Act[] }>();
  for (const act of acts) {
    const every = act.device.every * HOUR;
    const receivedAt = START + (Math.floor((act.at - START) / every) + 1) * every;
    const key = `${act.device.id}/${receivedAt}`;
    const upload = uploads.get(key) ?? { receivedAt, acts: [] };
    upload.acts.push(act);
    uploads.set(key, upload);
  }
  // Sorting is stable, and the map keeps the order in which uploads began.
  return [...uploads.values()].sort((a, b) => a.receivedAt - b.receivedAt);
}

function batchOf(acts: readonly Act[], received: number): RiskBatch {
  const [first] = acts;
  if (first === undefined) throw new RangeError('An upload has something in it.');
  const { id, registeredAt, skew } = first.device;
  const off = acts.reduce((most, act) => Math.max(most, act.skew ?? 0), skew);
  return {
    subject: `${id}/${received}`,
    device: { id, registeredAt: new Date(registeredAt) },
    deviceClock: new Date(received - off * 1_000),
    receivedAt: new Date(received),
    failedPins: acts.reduce((sum, act) => sum + (act.failedPins ?? 0), 0),
    items: acts.map((act, item) => ({
      item,
      payerWallet: act.payer,
      payeeWallet: act.payee,
      ownFloat: act.ownFloat,
      cashOut: act.cashOut,
      amountMinor: BigInt(act.amount),
      currency: 586,
      mostMinor: BigInt(LIMIT),
      claimedAt: new Date(act.at),
      paymentId: undefined,
      chainGap: act.chainGap ?? 0,
      sequenceFaults: act.sequenceFaults ?? 0,
    })),
  };
}

interface Memory {
  historyOf(batch: RiskBatch): History;
  keep(batch: RiskBatch): void;
}

/** As `bank/src/risk/store/history.ts` reads it from tables; a wallet's number is its account. */
function createMemory({ people, shops, acts }: Town): Memory {
  const openedAt = new Map<bigint, number>();
  for (const { account, openedAt: at } of [...people, ...shops]) openedAt.set(account, at);
  for (const { payer, payee, at } of acts) {
    for (const account of [payer, payee]) {
      if (!openedAt.has(account)) openedAt.set(account, at - STRANGER_AGE);
    }
  }
  // Newest first.
  const paid = new Map<bigint, PastPayment[]>();
  const deviceTimes = new Map<string, Date[]>();
  const identityOf = (account: bigint, since: number): Identity => {
    const recent = (paid.get(account) ?? []).filter(({ at }) => at.getTime() > since);
    return { openedAt: new Date(openedAt.get(account) ?? START), paid: recent };
  };
  const historyOf = (batch: RiskBatch): History => {
    const now = batch.receivedAt.getTime();
    const known = new Set(batch.items.flatMap(partiesOf));
    const since = now - limits.historyMs;
    const identities = new Map([...known].map((one) => [one, identityOf(one, since)] as const));
    const flowsSince = now - limits.flowMs;
    const times = deviceTimes.get(batch.device.id) ?? [];
    return {
      accounts: new Map([...known].map((account) => [account, account])),
      identities,
      onward: onwardOf(paid, { known, identities, since: flowsSince }),
      deviceTimes: times.filter((at) => at.getTime() > since),
    };
  };
  const keep = ({ items, device }: RiskBatch) => {
    for (const { payerWallet, payeeWallet, claimedAt, ...said } of items) {
      if (payerWallet === undefined) continue;
      const { amountMinor, currency, ownFloat } = said;
      const one = { at: claimedAt, amountMinor, currency, to: payeeWallet, ownFloat };
      const list = [{ ...one, timed: true, usual: true }, ...(paid.get(payerWallet) ?? [])];
      list.sort((a, b) => b.at.getTime() - a.at.getTime());
      paid.set(payerWallet, list.slice(0, limits.historyRows));
    }
    const times = [...(deviceTimes.get(device.id) ?? []), ...items.map((item) => item.claimedAt)];
    times.sort((a, b) => b.getTime() - a.getTime());
    deviceTimes.set(device.id, times.slice(0, limits.deviceRows));
  };
  return { historyOf, keep };
}

function partiesOf({ payerWallet, payeeWallet }: RiskBatch['items'][number]): readonly bigint[] {
  return [payerWallet, payeeWallet].flatMap((one) => (one === undefined ? [] : [one]));
}

function onwardOf(
  paid: ReadonlyMap<bigint, readonly PastPayment[]>,
  ask: {
    readonly known: ReadonlySet<bigint>;
    readonly identities: ReadonlyMap<bigint, Identity>;
    readonly since: number;
  },
): ReadonlyMap<bigint, ReadonlySet<bigint>> {
  const recent = (list: readonly PastPayment[]) =>
    list.flatMap(({ at, to, ownFloat }) =>
      to !== undefined && !ownFloat && at.getTime() > ask.since ? [to] : [],
    );
  const strangers = [...ask.identities.values()]
    .flatMap((identity) => recent(identity.paid))
    .filter((to) => !ask.known.has(to));
  const onward = new Map<bigint, ReadonlySet<bigint>>();
  for (const stranger of [...new Set(strangers)].slice(0, limits.onwardParties)) {
    const to = recent(paid.get(stranger) ?? []).filter((one) => ask.known.has(one));
    if (to.length > 0) onward.set(stranger, new Set(to));
  }
  return onward;
}
