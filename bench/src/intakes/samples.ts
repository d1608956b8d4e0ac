import type { Scene } from '../banking.ts';
import type { Series } from '../figures.ts';
import type { Measured } from '../samples.ts';
import { untilSequenced } from '../samples.ts';
import type { Lane } from '../town/payments.ts';
import type { Owner } from '../town/store.ts';
import type { BenchTill } from './bundles.ts';
import { bundleWork, openTills, sealOrders, sealPayments } from './bundles.ts';
import type { IntakeFigure } from './figures.ts';
import { intakesPerLane } from './figures.ts';
import type { IntakeWork } from './hand-in.ts';
import { fetchSealingKey, handInOlder } from './hand-in.ts';
import type { LedgerCircle } from './ledgers.ts';
import { ledgerWork, openLedgerCircles, sealLedgers } from './ledgers.ts';

/** Who hands in by the older intakes. */
export interface IntakeScene {
  readonly peer: Uint8Array;
  readonly circles: readonly LedgerCircle[];
  readonly tills: readonly BenchTill[];
}

const SIZE = 1_000;
/** Of a ledger that has grown since it was handed in last. */
const OLD = 990;

const BESIDE: Readonly<Record<IntakeFigure, string>> = {
  'ledger/1000': 'sealed ledgers of 1000; baseline: settlement/1000',
  'ledger/grown': 'entries, 990 of 1000 settled before; baseline: settlement/1000',
  'bundle/1000': 'cash-ins, 1000 a push; baseline: settlement/1000',
  'bundle/1000-signed': 'payments in meta, 1000 a push; baseline: settlement/1000',
};

/** People with limits and tills with floats, of the lanes that there are. */
export async function openIntakes(
  at: { readonly owner: Owner; readonly url: string },
  lanes: readonly Lane[],
): Promise<IntakeScene> {
  const peer = await fetchSealingKey(at.url);
  const circles = await openLedgerCircles(at.owner, lanes);
  return { peer, circles, tills: await openTills(at.owner, lanes) };
}

/** Every code path once, before anything is measured. */
export async function warmIntakes(scene: Scene): Promise<void> {
  for (const figure of scene.plan.intakes) {
    await handInAll(scene, await signFor(scene, figure, 1));
  }
}

/** One sample after the other, each of fresh bodies; `rate` is that of native uploads. */
export function sampleIntakes(
  scene: Scene,
  series: (name: string, beside: string) => Series,
  rate: () => number,
): readonly (() => Promise<() => Promise<readonly Measured[]>>)[] {
  return scene.plan.intakes.map((figure) => {
    const own = series(figure, BESIDE[figure]);
    return async () => {
      const work = await signFor(scene, figure, intakesPerLane(scene.plan.seconds));
      return async () => [{ series: own, value: await handInAll(scene, work), against: rate() }];
    };
  });
}

async function handInAll(scene: Scene, work: IntakeWork): Promise<number> {
  const { settled, perSecond } = await handInOlder(scene.bank.url, work);
  scene.settled += settled;
  return perSecond;
}

async function signFor(scene: Scene, figure: IntakeFigure, count: number): Promise<IntakeWork> {
  const { intakes } = scene;
  if (intakes === undefined) throw new Error('Nobody has a till or a limit.');
  const { peer, circles, tills } = intakes;
  switch (figure) {
    case 'ledger/1000': {
      const { whole } = await sealLedgers(circles, peer, { count, entries: SIZE });
      return ledgerWork(whole, { each: SIZE, fresh: SIZE });
    }
    case 'ledger/grown': {
      const sizes = { count, entries: SIZE, old: OLD };
      const { first, whole } = await sealLedgers(circles, peer, sizes);
      await handInAll(scene, ledgerWork(first, { each: OLD, fresh: OLD }));
      await untilSequenced(scene);
      return ledgerWork(whole, { each: SIZE, fresh: SIZE - OLD });
    }
    case 'bundle/1000':
      return bundleWork(await sealOrders(tills, { peer, count, size: SIZE }), SIZE);
    case 'bundle/1000-signed':
      return bundleWork(await sealPayments(tills, { peer, count, size: SIZE }), SIZE);
  }
}
