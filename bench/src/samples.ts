import { setTimeout as pause } from 'node:timers/promises';
import type { Scene } from './banking.ts';
import type { Goal, Row, Series } from './figures.ts';
import { createSeries } from './figures.ts';
import { sampleIntakes } from './intakes/samples.ts';
import type { ProvedBatch } from './posting.ts';
import type { BatchSize, LaneWork } from './settlement.ts';
import { logIn } from './logins.ts';
import { handIn, uploadsPerLane } from './settlement.ts';
import type { PayeeOf } from './town/payments.ts';
import { bodiesOf, signPayments, toMany, toOne } from './town/payments.ts';
import { countUnsequenced } from './town/store.ts';
import { signKeyPayments } from './town/wallet-keys.ts';
import { transferOnline } from './transfers.ts';

export interface Measured {
  readonly series: Series;
  readonly value: number;
  /** What it is compared with: the baseline around it, a number of this round, or nothing. */
  readonly against?: number | 'tpcb' | undefined;
}

export interface Round {
  readonly round: number;
  /** Signatures that this machine verifies in a second. */
  readonly verifyRate: number | undefined;
}

/** Signs and stores what a sample needs, then answers the sample itself. */
export type Prepare = (round: Round) => Promise<() => Promise<readonly Measured[]>>;

export interface Samples {
  readonly tpcb: Series;
  /** Samples between two of the baseline. */
  readonly slots: readonly (readonly Prepare[])[];
  rows(): readonly Row[];
}

const GOALS: Readonly<Record<string, Goal>> = {
  'settlement/1000': { ratioAtLeast: 3.5 },
  'settlement/1000-of-verify-rate': { ratioAtLeast: 0.4 },
  'settlement/hot-merchant': { ratioAtLeast: 0.9 },
  'settlement/repeats': { ratioAtLeast: 2 },
  'settlement/wallet-key': { ratioAtLeast: 0.6 },
  'ledger/1000': { ratioAtLeast: 0.6 },
  'bundle/1000': { ratioAtLeast: 0.6 },
  'bundle/1000-signed': { ratioAtLeast: 0.6 },
  'posting/1000': { ratioAtLeast: 7 },
  'transfers/online': { ratioAtLeast: 1 },
};

/** What one round of a bank consists of. */
export function slotsOf(scene: Scene): Samples {
  const all: Series[] = [];
  const series = (name: string, beside: string, unit = 'per s') => {
    const goal = GOALS[name];
    const made = createSeries({ name, unit, beside, ...(goal === undefined ? {} : { goal }) });
    all.push(made);
    return made;
  };
  const { plan } = scene;
  const tpcb = series('database/tpcb-like', scene.tpcb.by);
  const thousand = thousandAtOnce(scene, series);
  const ofSize = (size: BatchSize): Prepare => {
    const own = series(`settlement/${size}`, batchesOf(size));
    return async () => {
      const work = await signWork(scene, size, toMany);
      return async () => [{ series: own, value: await settle(scene, work), against: 'tpcb' }];
    };
  };
  const small = plan.sizes.filter((size) => size < 1000).map(ofSize);
  const large = plan.sizes.filter((size) => size > 1000).map(ofSize);
  const slots = [
    plan.sizes.includes(1000) ? thousand : [],
    small,
    large,
    plan.posting ? [posting(scene, series)] : [],
    plan.transfers ? [transfers(scene, series)] : [],
    plan.logins ? [logins(scene, series)] : [],
  ].filter((slot) => slot.length > 0);
  return {
    tpcb,
    // A run that only wants the baseline has one slot with nothing in it.
    slots: slots.length > 0 ? slots : [[]],
    rows: () => all.map((one) => one.row()).filter((row) => row !== undefined),
  };
}

type NewSeries = (name: string, beside: string, unit?: string) => Series;

function batchesOf(size: number): string {
  return `payments, ${size} an upload, 4 uploads at once; baseline: tpcb-like`;
}

/** The figure that counts, and those that are compared with it. */
function thousandAtOnce(scene: Scene, series: NewSeries): readonly Prepare[] {
  const own = series('settlement/1000', batchesOf(1000));
  const ofVerify = series('settlement/1000-of-verify-rate', 'baseline: openssl verify');
  const processorTime = ofProcessors(scene, series);
  const behind = series('settlement/log-behind', 'after the last answer of 1000', 'ms');
  const hot = series('settlement/hot-merchant', 'one payee; baseline: settlement/1000');
  const repeats = series('settlement/repeats', 'settled before; baseline: settlement/1000');
  const same = series('settlement/same-bytes', 'the same upload; baseline: settlement/1000');
  const keyed = series(
    'settlement/wallet-key',
    'RSA-PSS, 500 an upload; baseline: settlement/1000',
  );
  let fresh: readonly LaneWork[] = [];
  let rate = 0;
  const first: Prepare = async ({ verifyRate }) => {
    fresh = await signWork(scene, 1000, toMany);
    return async () => {
      const costs = await processorTime(async () => {
        rate = await settle(scene, fresh);
      });
      const found: Measured[] = [{ series: own, value: rate, against: 'tpcb' }, ...costs];
      if (verifyRate !== undefined) {
        found.push({ series: ofVerify, value: rate, against: verifyRate });
      }
      return [...found, { series: behind, value: await untilSequenced(scene) }];
    };
  };
  const single: Prepare = async () => {
    const [payee] = scene.payers;
    if (payee === undefined) throw new Error('Nobody to pay.');
    const work = await signWork(scene, 1000, toOne(payee));
    return async () => [{ series: hot, value: await settle(scene, work), against: rate }];
  };
  const byKeys: Prepare = async () => {
    const work = await signKeyWork(scene);
    return async () => [{ series: keyed, value: await settle(scene, work), against: rate }];
  };
  const again = (which: Series, works: (work: LaneWork) => LaneWork): Prepare => {
    return async () => {
      const work = fresh.map(works);
      return async () => {
        const { perSecond: value } = await handIn(scene.bank.url, work);
        return [{ series: which, value, against: rate }];
      };
    };
  };
  const { hot: wantsHot, repeats: wantsRepeats, sameBytes, walletKeys } = scene.plan;
  return [
    first,
    ...(wantsHot ? [single] : []),
    ...behindProxy(scene, series, () => rate),
    ...(wantsRepeats ? [again(repeats, regrouped)] : []),
    ...(sameBytes ? [again(same, (work) => work)] : []),
    ...(walletKeys ? [byKeys] : []),
    ...sampleIntakes(scene, series, () => rate),
  ];
}

/** The same by two nodes on the one database. */
function behindProxy(scene: Scene, series: NewSeries, rateOfOne: () => number): readonly Prepare[] {
  const { twoNodes } = scene;
  if (twoNodes === undefined) return [];
  const own = series('settlement/two-nodes', 'behind a proxy; baseline: settlement/1000');
  const prepare: Prepare = async () => {
    const work = await signWork(scene, 1000, toMany);
    return async () => {
      const value = await settle(scene, work, twoNodes);
      return [{ series: own, value, against: rateOfOne() }];
    };
  };
  return [prepare];
}

/** What a payment costs the bank's process and all of PostgreSQL's, while something is done. */
function ofProcessors(scene: Scene, series: NewSeries) {
  const costs = {
    bank: series('settlement/1000-in-the-bank', 'processor time of a payment', 'µs'),
    postgres: series('settlement/1000-in-postgres', 'processor time of a payment', 'µs'),
  };
  return async (act: () => Promise<void>): Promise<readonly Measured[]> => {
    const [before, payments] = [scene.processor?.(), scene.settled];
    await act();
    const after = scene.processor?.();
    if (before === undefined || after === undefined) return [];
    return (['bank', 'postgres'] as const).map((by) => ({
      series: costs[by],
      value: ((after[by] - before[by]) * 1e6) / (scene.settled - payments),
    }));
  };
}

/** The same packets in other uploads, as when the payer's phone brings what the till brought. */
function regrouped({ lane, bodies, packets }: LaneWork): LaneWork {
  const turned = [...packets].reverse();
  return { lane, packets: turned, bodies: bodiesOf(turned, packets.length / bodies.length) };
}

function posting(scene: Scene, series: NewSeries): Prepare {
  const own = series('posting/1000', 'payments, proved before; baseline: tpcb-like');
  const { plan, poster, lanes } = scene;
  return async () => {
    const work: ProvedBatch[][] = [];
    for (const lane of lanes) {
      const packets = await signPayments(lane, 1000 * plan.postingsPerLane, toMany);
      const batches: ProvedBatch[] = [];
      for (const body of bodiesOf(packets, 1000)) batches.push(await poster.prepare(body));
      work.push(batches);
    }
    return async () => {
      const value = await poster.post(work);
      scene.settled += 1000 * plan.postingsPerLane * lanes.length;
      return [{ series: own, value, against: 'tpcb' }];
    };
  };
}

function transfers(scene: Scene, series: NewSeries): Prepare {
  const own = series('transfers/online', '8 clients, over HTTP; baseline: tpcb-like');
  const p50 = series('transfers/p50', 'of the same', 'ms');
  const p99 = series('transfers/p99', 'of the same', 'ms');
  return async ({ round }) => {
    return async () => {
      const { seconds } = scene.plan;
      const done = await transferOnline(scene.bank.url, scene.payers, { seconds, run: round });
      return [
        { series: own, value: done.perSecond, against: 'tpcb' },
        { series: p50, value: done.p50 },
        { series: p99, value: done.p99 },
      ];
    };
  };
}

function logins(scene: Scene, series: NewSeries): Prepare {
  const rate = series('logins/first-factor', 'password right, code mailed; 8 at once');
  const health = series('logins/health-p99', 'GET /health meanwhile; baseline: nobody', 'ms');
  const delay = series('logins/loop-delay-p99', 'of the bank; baseline: nobody', 'ms');
  return async () => async () => {
    const done = await logIn(scene.bank, scene.emails);
    return [
      { series: rate, value: done.perSecond },
      { series: health, value: done.health.busy, against: done.health.idle },
      { series: delay, value: done.delay.busy, against: done.delay.idle },
    ];
  };
}

async function signWork(
  { lanes, plan }: Scene,
  size: BatchSize,
  payeeOf: PayeeOf,
): Promise<readonly LaneWork[]> {
  const work: LaneWork[] = [];
  for (const lane of lanes) {
    const count = size * uploadsPerLane(size, plan.seconds);
    const packets = await signPayments(lane, count, payeeOf);
    work.push({ lane, packets, bodies: bodiesOf(packets, size) });
  }
  return work;
}

/** As many of one upload as the bank takes by keys. */
const KEY_PAYMENTS = 500;

/** Half as many as of the others: a phone's RSA signature takes twenty times as long as ES256. */
async function signKeyWork({ lanes, keyPayers, plan }: Scene): Promise<readonly LaneWork[]> {
  const work: LaneWork[] = [];
  for (const [index, lane] of lanes.entries()) {
    const count = 1000 * Math.max(1, Math.floor(uploadsPerLane(1000, plan.seconds) / 2));
    const packets = await signKeyPayments(keyPayers[index] ?? [], count);
    work.push({ lane, packets, bodies: bodiesOf(packets, KEY_PAYMENTS) });
  }
  return work;
}

async function settle(
  scene: Scene,
  work: readonly LaneWork[],
  url = scene.bank.url,
): Promise<number> {
  const { settled, perSecond } = await handIn(url, work);
  scene.settled += settled;
  return perSecond;
}

const LOOK_MS = 10;
const LONGEST_MS = 60_000;

/** Milliseconds until the log and the audit chain hold what was answered. */
export async function untilSequenced({ owner }: Pick<Scene, 'owner'>): Promise<number> {
  const began = performance.now();
  while ((await countUnsequenced(owner)) > 0) {
    if (performance.now() - began > LONGEST_MS) throw new Error('The log does not catch up.');
    await pause(LOOK_MS);
  }
  return performance.now() - began;
}
