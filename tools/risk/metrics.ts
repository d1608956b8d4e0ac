import { BASE_RULES } from '../../bank/src/risk/base-rules.ts';
import { readWeights } from '../../bank/src/risk/model.ts';
import type { Weights } from '../../bank/src/risk/model.ts';
import { RuleSet } from '../../bank/src/risk/rules.ts';
import { DEFAULT_RISK_POLICY, score } from '../../bank/src/risk/score.ts';
import type { VersionedRules } from '../../bank/src/risk/score.ts';
import { atCapacity, rocAuc } from './measure.ts';
import { ABSENT_KIND, THIEF_KINDS } from './thieves.ts';
import type { ThiefKind } from './thieves.ts';
import { planOf, sampleOf, SEED, train } from './train.ts';
import type { Labelled } from './uploads.ts';

/** What people can look at: one item in a hundred, or three. */
const CAPACITIES = [0.01, 0.03];
/** Another town than the one of the training. */
const TEST_SEED = SEED + 1;

const NO_RULES: VersionedRules = { version: 0, set: new RuleSet([]) };

interface Judge {
  readonly name: string;
  readonly rules: VersionedRules;
  readonly weights: Weights;
}

/** The published tables; `leaveOut` adds each kind left out of a training of its own (slow). */
export function printMetrics(shipped: string, leaveOut: 'leave_out' | 'once'): void {
  const weights = readWeights(shipped);
  const judges: readonly Judge[] = [
    { name: 'rules only', rules: BASE_RULES, weights: silent(weights) },
    { name: 'model only', rules: NO_RULES, weights },
    { name: 'model and rules', rules: BASE_RULES, weights },
  ];
  const absent = sampleOf(planOf(TEST_SEED, [ABSENT_KIND]));
  console.log(`\nOn ${ABSENT_KIND}, absent from the training; town ${TEST_SEED}.`);
  console.log(sizeOf(absent));
  printTable(judges, absent);
  const everybody = sampleOf(planOf(TEST_SEED + 1, THIEF_KINDS));
  console.log(`\nAll kinds together; town ${TEST_SEED + 1}.`);
  console.log(sizeOf(everybody));
  printTable(judges, everybody);
  if (leaveOut === 'once') return;
  console.log('\nEach kind left out of a training of its own, then measured alone.');
  for (const kind of THIEF_KINDS) printLeftOut(kind, judges);
}

function printLeftOut(kind: ThiefKind, judges: readonly Judge[]): void {
  const others = THIEF_KINDS.filter((one) => one !== kind);
  const weights = train(sampleOf(planOf(SEED, others)));
  const sample = sampleOf(planOf(TEST_SEED, [kind]));
  console.log(`\n${kind}: ${sizeOf(sample)}`);
  const [rulesOnly, ...models] = judges;
  if (rulesOnly === undefined) return;
  printTable([rulesOnly, ...models.map((judge) => ({ ...judge, weights }))], sample);
}

/** A model that finds everything unremarkable, so that only rules speak. */
function silent({ version, weights }: Weights): Weights {
  const none = Object.keys(weights).map((name) => [name, 0]);
  return { version, bias: -50_000_000, weights: Object.fromEntries(none) as Weights['weights'] };
}

function sizeOf(sample: readonly Labelled[]): string {
  const thieves = sample.filter(({ kind }) => kind !== 'honest').length;
  return `${sample.length} items, ${thieves} of them thieves'.`;
}

const COLUMNS = [
  ...['', 'ROC AUC', 'precision@1%', 'recall@1%', 'precision@3%', 'recall@3%'],
  ...['honest held', 'thieves held'],
];

function printTable(judges: readonly Judge[], sample: readonly Labelled[]): void {
  console.log(COLUMNS.map((title) => title.padEnd(16)).join(''));
  for (const { name, rules, weights } of judges) {
    const judged = sample.map(({ facts, kind }) => {
      const said = score(facts, DEFAULT_RISK_POLICY, rules, weights);
      return { score: said.score, held: said.action !== 'accept', isThief: kind !== 'honest' };
    });
    const looked = CAPACITIES.flatMap((part) => {
      const { precision, recall } = atCapacity(judged, Math.round(judged.length * part));
      return [percent(precision), percent(recall)];
    });
    const held = (isThief: boolean) => {
      const those = judged.filter((one) => one.isThief === isThief);
      return percent(those.filter((one) => one.held).length / those.length);
    };
    const row = [name, rocAuc(judged).toFixed(3), ...looked, held(false), held(true)];
    console.log(row.map((cell) => cell.padEnd(16)).join(''));
  }
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
