import type { RiskAction } from '@sikka/api';
import type { Db, Tx } from '../../db/index.ts';
import type { RiskBatch } from '../batch.ts';
import type { Facts } from '../facts.ts';
import type { Reason, Score } from '../score.ts';

/** What is kept of one item: enough to explain its score, and to score it again. */
export interface ScoredItem {
  readonly facts: Facts;
  readonly score: Score;
  /** What the rules in shadow would have said. */
  readonly shadow: Score | undefined;
}

/**
 * Writes the scores of a whole upload: one statement. A score that is there stays as it is, so an
 * upload that is scored again says nothing new.
 */
export async function insertScores(
  tx: Tx,
  batch: RiskBatch,
  scored: readonly ScoredItem[],
  rulesDigest: Uint8Array,
): Promise<void> {
  const { items } = batch;
  const json = JSON.stringify(
    scored.map(({ facts, score, shadow }, index) => ({
      facts,
      reasons: score.reasons,
      item: items[index]?.item,
      score: score.score,
      action: score.action,
      shadow_score: shadow?.score ?? null,
      shadow_action: shadow?.action ?? null,
    })),
  );
  const [first] = scored;
  if (first === undefined) return;
  await tx.query(
    `insert into risk_scores (subject, item, device, payer_wallet, payee_wallet, amount, currency,
       payment_id, claimed_at, at, model_version, rules_version, rules_digest, facts, score,
       action, reasons, shadow_version, shadow_score, shadow_action)
     select $1, said.item, $2, asked.payer, asked.payee, asked.amount, asked.currency,
            asked.payment, asked.claimed, $3, $4, $5, $6, said.facts, said.score, said.action,
            said.reasons, $7, said.shadow_score, said.shadow_action
       from unnest($8::int[], $9::int8[], $10::int8[], $11::int8[], $12::int[], $13::bytea[],
              $14::timestamptz[])
              as asked (item, payer, payee, amount, currency, payment, claimed)
       join json_to_recordset($15) as said (item int, facts jsonb, score int, action text,
              reasons jsonb, shadow_score int, shadow_action text) using (item)
     on conflict (subject, item) do nothing`,
    [
      ...[batch.subject, batch.device.id, batch.receivedAt, first.score.model, first.score.rules],
      ...[rulesDigest, first.shadow?.rules ?? null],
      items.map(({ item }) => item),
      items.map(({ payerWallet }) => payerWallet ?? null),
      items.map(({ payeeWallet }) => payeeWallet ?? null),
      items.map(({ amountMinor }) => amountMinor),
      items.map(({ currency }) => currency),
      items.map(({ paymentId }) => paymentId ?? null),
      items.map(({ claimedAt }) => claimedAt),
      json,
    ],
  );
}

export interface PastScore {
  readonly facts: Facts;
  readonly score: number;
  readonly action: RiskAction;
  /** Its payer has signed two documents that cannot both be true. */
  readonly cheat: boolean;
}

/** Scores of this time, newest first, in pages: `before` is where the last page ended. */
export async function readPastScores(
  db: Db,
  ask: {
    readonly since: Date;
    readonly before: { readonly at: Date; readonly subject: string; readonly item: number };
    readonly most: number;
  },
): Promise<{
  readonly scores: readonly PastScore[];
  readonly last: typeof ask.before | undefined;
}> {
  const { rows } = await db.query<{
    readonly subject: string;
    readonly item: number;
    readonly at: Date;
    readonly facts: Facts;
    readonly score: number;
    readonly action: RiskAction;
    readonly cheat: boolean;
  }>(
    `select s.subject, s.item, s.at, s.facts, s.score, s.action,
            exists (
              select from wallets as w join proofs as p on p.account_id = w.account_id
               where w.number = s.payer_wallet
            ) as cheat
       from risk_scores as s
      where s.at >= $1 and (s.at, s.subject, s.item) < ($2, $3, $4)
      order by s.at desc, s.subject desc, s.item desc limit $5`,
    [ask.since, ask.before.at, ask.before.subject, ask.before.item, ask.most],
  );
  const end = rows.at(-1);
  const last = end && { at: end.at, subject: end.subject, item: end.item };
  return { scores: rows, last: rows.length === ask.most ? last : undefined };
}

export interface KeptScore {
  readonly item: number;
  readonly score: number;
  readonly action: RiskAction;
  readonly model: number;
  readonly rules: number;
  readonly facts: Facts;
  readonly reasons: readonly Reason[];
  readonly at: Date;
}

/** Every item's score of one upload, in the upload's order. */
export async function readScores(db: Db, subject: string): Promise<readonly KeptScore[]> {
  const { rows } = await db.query<KeptScore>(
    `select item, score, action, model_version as model, rules_version as rules, facts, reasons, at
       from risk_scores where subject = $1 order by item`,
    [subject],
  );
  return rows;
}
