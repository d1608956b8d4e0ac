import { readFileSync } from 'node:fs';
import type { RiskAction } from '@sikka/api';
import { BASE_RULES } from './base-rules.ts';
import type { RiskBatch } from './batch.ts';
import type { Db, Tx } from '../db/index.ts';
import { factsOf } from './facts.ts';
import type { Facts } from './facts.ts';
import { limits } from './limits.ts';
import { readWeights } from './model.ts';
import type { Weights } from './model.ts';
import { readRules } from './rules.ts';
import { score } from './score.ts';
import type { RiskPolicy, Score, VersionedRules } from './score.ts';
import { insertScores, readHistory, readInForce } from './store/index.ts';
import type { RuleVersion, ScoredItem } from './store/index.ts';

/** What is thought of one upload; `keep` writes it with the upload's effect. */
export interface Assessment {
  readonly batch: RiskBatch;
  /** As many as the batch has items, in its order. */
  readonly items: readonly ScoredItem[];
  /** Of the worst item, ten thousandths; 0 without items. */
  readonly score: number;
  readonly action: RiskAction;
  readonly rulesDigest: Uint8Array;
}

export interface Risk {
  /**
   * Scores an upload. Reads with at most four statements, however many its items are, and writes
   * nothing. Throws `RangeError` for a subject or device that cannot be kept.
   */
  assess(db: Db, batch: RiskBatch, policy: RiskPolicy): Promise<Assessment>;
  /** In the transaction of the upload's effect; once for ever by subject and item. */
  keep(tx: Tx, assessment: Assessment): Promise<void>;
}

/** The model that the bank comes with. */
export function shippedWeights(): Weights {
  return readWeights(readFileSync(new URL('./weights.json', import.meta.url), 'utf8'));
}

export function createRisk(deps: { readonly weights: Weights }): Risk {
  const { weights } = deps;
  return {
    assess: async (db, batch, policy) => {
      refuseLong(batch);
      const { active, shadow } = await rulesInForce(db);
      const facts = await gatherFacts(db, batch);
      const items = facts.map((one): ScoredItem => ({
        facts: one,
        score: score(one, policy, active, weights),
        shadow: shadow && score(one, policy, shadow, weights),
      }));
      const worst = worstOf(items.map((item) => item.score));
      return { batch, items, ...worst, rulesDigest: active.set.digest };
    },
    keep: (tx, { batch, items, rulesDigest }) => insertScores(tx, batch, items, rulesDigest),
  };
}

/** The facts of every item of a batch, in its order: three statements at most, then arithmetic. */
export async function gatherFacts(db: Db, batch: RiskBatch): Promise<readonly Facts[]> {
  return factsOf(batch, await readHistory(db, batch));
}

/** An upload is as suspicious as its most suspicious item. */
function worstOf(scores: readonly Score[]): Pick<Assessment, 'score' | 'action'> {
  return scores.reduce<Pick<Assessment, 'score' | 'action'>>(
    (worst, one) => (one.score > worst.score ? one : worst),
    { score: 0, action: 'accept' },
  );
}

async function rulesInForce(
  db: Db,
): Promise<{ readonly active: VersionedRules; readonly shadow: VersionedRules | undefined }> {
  const inForce = await readInForce(db);
  const [active] = inForce.filter(({ status }) => status === 'active');
  const [shadow] = inForce.filter(({ status }) => status === 'shadow');
  return {
    active: active === undefined ? BASE_RULES : rulesOf(active),
    shadow: shadow && rulesOf(shadow),
  };
}

/** Rules of the database, which were read before they were stored. */
export function rulesOf({ version, document }: RuleVersion): VersionedRules {
  const read = readRules(document);
  if (!read.ok) throw new Error(`Rules ${version} cannot be read at ${read.pointer}.`);
  return { version, set: read.rules };
}

function refuseLong({ subject, device }: RiskBatch): void {
  for (const text of [subject, device.id]) {
    const bytes = Buffer.byteLength(text);
    if (bytes < 1 || bytes > limits.subjectBytes) {
      throw new RangeError('Subject and device of a scored upload have 1 to 200 bytes.');
    }
  }
}
