import type { RiskAction } from '@sikka/api';
import { packBytes, packNumbers, packTimes, packWords } from '../../db/index.ts';
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
 * Writes the scores of a whole upload: one statement. Scores that are there stay as they are, so an
 * upload that is scored again says nothing new.
 */
export async function insertScores(
  tx: Tx,
  batch: RiskBatch,
  scored: readonly ScoredItem[],
  rulesDigest: Uint8Array,
): Promise<void> {
  const { items } = batch;
  const [first] = scored;
  if (first === undefined) return;
  const names = Object.keys(first.facts) as readonly (keyof Facts)[];
  const reasons = scored.map(({ score }) =>
    score.action === 'accept' ? null : JSON.stringify(score.reasons),
  );
  await tx.query(
    `with upload as (
       insert into risk_uploads (subject, device, at, items, model_version, rules_version,
         rules_digest, shadow_version, fact_names)
       values ($1, $2, $3, cardinality($9::int[]), $4, $5, $6, $7, $8)
       on conflict (subject) do nothing
       returning no
     )
     insert into risk_scores (upload, item, payer_wallet, payee_wallet, amount, currency, own_float,
       payment_id, claimed_at, facts, score, action, reasons, shadow_score, shadow_action)
     select upload.no, said.item, said.payer, said.payee, said.amount, said.currency, said.own,
            said.payment, said.claimed,
            ($17::int[])[(said.place - 1) * $18::int + 1 : said.place * $18::int],
            said.score, said.action, said.reasons, said.shadow_score, said.shadow_action
       from upload
       cross join unnest($9::int[], $10::int8[], $11::int8[], $12::int8[], $13::int[],
              $14::boolean[], $15::bytea[], $16::timestamptz[], $19::int[], $20::text[],
              $21::jsonb[], $22::int[], $23::text[])
              with ordinality as said (item, payer, payee, amount, currency, own, payment, claimed,
                score, action, reasons, shadow_score, shadow_action, place)`,
    [
      ...[batch.subject, batch.device.id, batch.receivedAt, first.score.model, first.score.rules],
      ...[rulesDigest, first.shadow?.rules ?? null, names],
      packNumbers(items.map(({ item }) => item)),
      packNumbers(items.map(({ payerWallet }) => payerWallet)),
      packNumbers(items.map(({ payeeWallet }) => payeeWallet)),
      packNumbers(items.map(({ amountMinor }) => amountMinor)),
      packNumbers(items.map(({ currency }) => currency)),
      packWords(items.map(({ ownFloat }) => ownFloat)),
      packBytes(items.map(({ paymentId }) => paymentId)),
      packTimes(items.map(({ claimedAt }) => claimedAt)),
      packNumbers(scored.flatMap(({ facts }) => names.map((name) => facts[name]))),
      names.length,
      packNumbers(scored.map(({ score }) => score.score)),
      packWords(scored.map(({ score }) => score.action)),
      reasons,
      packNumbers(scored.map(({ shadow }) => shadow?.score)),
      packWords(scored.map(({ shadow }) => shadow?.action)),
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

/** Where a page of past scores ended. */
export interface PastPlace {
  readonly at: Date;
  readonly upload: bigint;
  readonly item: number;
}

interface FactsRow {
  readonly fact_names: readonly string[];
  readonly facts: readonly number[];
}

/** Scores of this time, newest first, in pages: `before` is where the last page ended. */
export async function readPastScores(
  db: Db,
  ask: { readonly since: Date; readonly before: PastPlace; readonly most: number },
): Promise<{ readonly scores: readonly PastScore[]; readonly last: PastPlace | undefined }> {
  const { rows } = await db.query<
    PastPlace & FactsRow & Pick<PastScore, 'score' | 'action' | 'cheat'>
  >(
    `select s.upload, s.item, u.at, u.fact_names, s.facts, s.score, s.action,
            exists (
              select from wallets as w join proofs as p on p.account_id = w.account_id
               where w.number = s.payer_wallet
            ) as cheat
       from risk_uploads as u join risk_scores as s on s.upload = u.no
      where u.at >= $1 and u.at <= $2 and (u.at, u.no, s.item) < ($2, $3, $4)
      order by u.at desc, u.no desc, s.item desc limit $5`,
    [ask.since, ask.before.at, ask.before.upload, ask.before.item, ask.most],
  );
  const end = rows.at(-1);
  const last = end && { at: end.at, upload: end.upload, item: end.item };
  const scores = rows.map(({ score, action, cheat, ...row }) => {
    return { facts: factsIn(row), score, action, cheat };
  });
  return { scores, last: rows.length === ask.most ? last : undefined };
}

export interface KeptScore {
  readonly item: number;
  readonly score: number;
  readonly action: RiskAction;
  readonly model: number;
  readonly rules: number;
  readonly facts: Facts;
  /** None of what was accepted: its facts, model and rules give them again. */
  readonly reasons: readonly Reason[];
  readonly at: Date;
}

/** Every item's score of one upload, in the upload's order. */
export async function readScores(db: Db, subject: string): Promise<readonly KeptScore[]> {
  const { rows } = await db.query<
    FactsRow &
      Omit<KeptScore, 'facts' | 'reasons'> & { readonly reasons: KeptScore['reasons'] | null }
  >(
    `select s.item, s.score, s.action, u.model_version as model, u.rules_version as rules,
            u.fact_names, s.facts, s.reasons, u.at
       from risk_uploads as u join risk_scores as s on s.upload = u.no
      where u.subject = $1 order by s.item`,
    [subject],
  );
  return rows.map(({ fact_names, facts, reasons, ...kept }) => {
    return { ...kept, facts: factsIn({ fact_names, facts }), reasons: reasons ?? [] };
  });
}

/** As they were kept: facts of an older model may be others. */
function factsIn({ fact_names: names, facts }: FactsRow): Facts {
  return Object.fromEntries(names.map((name, place) => [name, facts[place]])) as Facts;
}
