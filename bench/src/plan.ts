import type { Options } from './options.ts';
import type { BatchSize } from './settlement.ts';
import { BATCH_SIZES, uploadsPerLane } from './settlement.ts';
import { intakesPerLane, INTAKE_FIGURES } from './intakes/figures.ts';
import type { IntakeFigure } from './intakes/figures.ts';
import { ALLOWANCE_COUNT } from './town/people.ts';

/** What a run does, worked out before anything starts. */
export interface Plan {
  readonly signatures: boolean;
  readonly bank: boolean;
  readonly sizes: readonly BatchSize[];
  readonly hot: boolean;
  readonly twoNodes: boolean;
  readonly repeats: boolean;
  readonly sameBytes: boolean;
  readonly walletKeys: boolean;
  readonly intakes: readonly IntakeFigure[];
  readonly posting: boolean;
  readonly transfers: boolean;
  readonly logins: boolean;
  readonly seconds: number;
  readonly tpcbSeconds: number;
  readonly payersPerLane: number;
  readonly warmPerLane: number;
  readonly postingsPerLane: number;
}

export const BANKING_NAMES = [
  'signatures/openssl-verify',
  'signatures/node-verify',
  'database/tpcb-like',
  ...BATCH_SIZES.map((size) => `settlement/${size}`),
  'settlement/1000-of-verify-rate',
  'settlement/1000-in-the-bank',
  'settlement/1000-in-postgres',
  'settlement/log-behind',
  'settlement/hot-merchant',
  'settlement/two-nodes',
  'settlement/repeats',
  'settlement/same-bytes',
  'settlement/wallet-key',
  ...INTAKE_FIGURES,
  'posting/1000',
  'transfers/online',
  'transfers/p50',
  'transfers/p99',
  'logins/first-factor',
  'logins/health-p99',
  'logins/loop-delay-p99',
] as const;

/** A batch of 1000 is of a thousand payers, so that no two batches under way share one. */
const LEAST_PAYERS = 1_000;
/** Some stay below an allowance's count: the last payment of one does more than others. */
const USED_OF_EACH = ALLOWANCE_COUNT - 5;
const POSTING_EXPECTED = 5_500;
const POSTING_LANES = 4;

/** Compared with, or taken from, the sample of 1000 in an upload. */
const OF_A_THOUSAND = [
  ...['of-verify-rate', 'in-the-bank', 'in-postgres'].map((what) => `settlement/1000-${what}`),
  ...['log-behind', 'hot-merchant', 'two-nodes', 'repeats', 'same-bytes', 'wallet-key'].map(
    (what) => `settlement/${what}`,
  ),
  ...INTAKE_FIGURES,
];

export function planFor(
  { seconds, rounds }: Pick<Options, 'rounds' | 'seconds'>,
  isWanted: (name: string) => boolean,
): Plan {
  const hot = isWanted('settlement/hot-merchant');
  const twoNodes = isWanted('settlement/two-nodes');
  const repeats = isWanted('settlement/repeats');
  const sameBytes = isWanted('settlement/same-bytes');
  const walletKeys = isWanted('settlement/wallet-key');
  const intakes = INTAKE_FIGURES.filter(isWanted);
  const ofVerify = isWanted('settlement/1000-of-verify-rate');
  const isOfThousand = OF_A_THOUSAND.some(isWanted);
  const sizes = BATCH_SIZES.filter(
    (size) => isWanted(`settlement/${size}`) || (size === 1000 && isOfThousand),
  );
  const posting = isWanted('posting/1000');
  const transfers = ['online', 'p50', 'p99'].some((what) => isWanted(`transfers/${what}`));
  const logins = ['first-factor', 'health-p99', 'loop-delay-p99'].some((what) =>
    isWanted(`logins/${what}`),
  );
  const signatures =
    ofVerify || ['openssl', 'node'].some((by) => isWanted(`signatures/${by}-verify`));
  const bank = sizes.length > 0 || posting || transfers || logins || isWanted('database/tpcb-like');
  const postingsPerLane = Math.max(
    1,
    Math.round((POSTING_EXPECTED * seconds) / 1000 / POSTING_LANES),
  );
  const perRound = [
    ...sizes.map((size) => size * uploadsPerLane(size, seconds)),
    hot ? 1000 * uploadsPerLane(1000, seconds) : 0,
    twoNodes ? 1000 * uploadsPerLane(1000, seconds) : 0,
    intakes.includes('bundle/1000-signed') ? 1000 * intakesPerLane(seconds) : 0,
    posting ? 1000 * postingsPerLane : 0,
  ].reduce((total, count) => total + count, 0);
  const warmPerLane = LEAST_PAYERS;
  const needed = Math.ceil((rounds * perRound + 4 * warmPerLane) / USED_OF_EACH);
  return {
    ...{
      signatures,
      bank,
      sizes,
      hot,
      twoNodes,
      repeats,
      sameBytes,
      walletKeys,
      intakes,
      posting,
      transfers,
      logins,
      seconds,
    },
    tpcbSeconds: Math.max(1, Math.round((seconds * 2) / 3)),
    payersPerLane: Math.max(LEAST_PAYERS, needed),
    warmPerLane,
    postingsPerLane,
  };
}
