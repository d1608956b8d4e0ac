import { describe, expect, it } from 'vitest';
import { contradicts, RULES } from '../../src/index.ts';
import type { Allowance, JudgeContext, KnownDocument, Payment, Subject } from '../../src/index.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import { allowanceFields, NOW, PAYEE_WALLET, PKR } from '../support/scene.ts';

/**
 * The funding lemma by exhaustion on the real rules: an allowance of 4 minor units and 3 payments,
 * every document that a payer with clones can sign under it, every set that first-wins can have
 * accepted. Signatures are left out: what is searched is the relation.
 */
const LIMIT = 4;
const COUNT = 3;
const ALLOWANCE_ID = bytesOf('allowance');
const ALLOWANCE: Allowance = {
  ...allowanceFields(signerOf('ES256', 'payer')),
  limitMinor: BigInt(LIMIT),
  perPaymentMinor: BigInt(LIMIT),
  count: COUNT,
};

type Document = Subject & { readonly known: KnownDocument };
type Relation = typeof contradicts;

/** All of them: each amount, each total, and each predecessor that there is, or another. */
function allDocuments(): readonly Document[] {
  const documents: Document[] = [];
  let before: readonly Uint8Array[] = [ALLOWANCE_ID];
  for (let sequence = 1; sequence <= COUNT; sequence++) {
    const made: Document[] = [];
    for (const previous of [...before, bytesOf('another')]) {
      for (let amount = 0; amount <= LIMIT + 1; amount++) {
        for (let spent = amount; spent <= LIMIT + 1; spent++) {
          made.push(document({ sequence, amount, spent, previous }));
        }
      }
    }
    documents.push(...made);
    before = made.filter(isAloneAcceptable).map(({ paymentId }) => paymentId);
  }
  return documents;
}

interface Numbers {
  readonly sequence: number;
  readonly amount: number;
  readonly spent: number;
  readonly previous: Uint8Array;
}

function document({ sequence, amount, spent, previous }: Numbers): Document {
  const id = bytesOf(`${sequence} ${amount} ${spent} ${previous.join()}`);
  const known = {
    id,
    sequence,
    amountMinor: BigInt(amount),
    spentMinor: BigInt(spent),
    previous,
  };
  const payment: Payment = {
    type: 'payment',
    ...known,
    currency: PKR,
    payeeWallet: PAYEE_WALLET,
    mode: 'static',
    bind: id,
    salt: id.slice(0, 16),
    claimedAt: NOW,
  };
  return { allowance: ALLOWANCE, allowanceId: ALLOWANCE_ID, payment, paymentId: id, known };
}

function isAloneAcceptable(document: Document): boolean {
  return verdictOf(document, []) === 'acceptable';
}

/** What the bank answers that settled these before. */
function verdictOf(subject: Document, settled: readonly Document[]): string {
  const { sequence } = subject.payment;
  const lower = settled.filter(({ known }) => known.sequence < sequence);
  const higher = settled.filter(({ known }) => known.sequence > sequence);
  const context: JudgeContext = {
    as: 'bank',
    allowanceKnown: true,
    payee: { currency: PKR },
    receivedAt: NOW,
    known: {
      same: settled.find(({ known }) => known.sequence === sequence)?.known,
      before: lower.toSorted(bySequence).at(-1)?.known,
      after: higher.toSorted(bySequence)[0]?.known,
    },
  };
  return RULES.find(({ speaks }) => speaks(subject, context))?.code ?? 'acceptable';
}

const bySequence = (a: Document, b: Document): number => a.known.sequence - b.known.sequence;

function sumOf(documents: readonly Document[]): bigint {
  return documents.reduce((sum, { known }) => sum + known.amountMinor, 0n);
}

const documents = allDocuments();
const alone = documents.filter(isAloneAcceptable);

interface Search {
  readonly states: number;
  readonly judged: number;
  readonly failures: readonly string[];
}

/** Every set of settled documents that can be reached, and every document after it. */
function search(
  decide: (next: Document, settled: readonly Document[]) => string | undefined,
): Search {
  const seen = new Set<string>();
  const failures: string[] = [];
  let judged = 0;
  const visit = (settled: readonly Document[]): void => {
    const name = settled.map(({ paymentId }) => paymentId.join()).join('|');
    if (seen.has(name) || failures.length > 0) return;
    seen.add(name);
    for (const next of alone) {
      judged += 1;
      const failure = decide(next, settled);
      if (failure === 'refused') continue;
      if (failure !== undefined) failures.push(failure);
      else visit([...settled, next].sort(bySequence));
    }
  };
  visit([]);
  return { states: seen.size, judged, failures };
}

function describeAll(settled: readonly Document[]): string {
  return settled
    .map(
      ({ known: { sequence, amountMinor, spentMinor } }) =>
        `(${sequence},${amountMinor},${spentMinor})`,
    )
    .join(' ');
}

/** First wins, by any relation between what is settled and what comes. */
function firstWins(relation: Relation) {
  return (next: Document, settled: readonly Document[]): string | undefined => {
    if (settled.includes(next)) return 'refused';
    if (settled.some(({ known }) => relation(known, next.known) !== undefined)) return 'refused';
    const sum = sumOf([...settled, next]);
    return sum > BigInt(LIMIT) ? `unfunded: ${describeAll([...settled, next])}` : undefined;
  };
}

describe('the funding lemma, by exhaustion (limit 4, count 3)', () => {
  it('whatever is not contradicted is funded, and the two nearest neighbours suffice', () => {
    const { states, judged, failures } = search((next, settled) => {
      const code = verdictOf(next, settled);
      const against = settled.filter(({ known }) => contradicts(known, next.known) !== undefined);
      const proved = code === 'double_spend' || code === 'contradiction';
      if (proved !== against.length > 0) return `${code}, but ${describeAll(against)} contradicts`;
      if (proved) return 'refused';
      if (settled.includes(next)) return code === 'duplicate' ? 'refused' : code;
      if (code !== 'acceptable') return code;
      const sum = sumOf([...settled, next]);
      return sum > BigInt(LIMIT) ? `unfunded: ${describeAll([...settled, next])}` : undefined;
    });
    expect(failures).toEqual([]);
    expect(states).toBeGreaterThan(100);
    expect(judged).toBeGreaterThan(10_000);
  });

  it('alone every document is acceptable, or wrong by a rule that needs no other document', () => {
    const codes = new Set(documents.map((each) => verdictOf(each, [])));
    expect([...codes].sort()).toEqual([
      'acceptable',
      'amount_zero',
      'over_limit',
      'over_per_payment',
      'totals_inconsistent',
    ]);
  });

  it('no document contradicts itself, and the relation is the same both ways', () => {
    const wrong = alone.filter((a) => {
      if (contradicts(a.known, a.known) !== undefined) return true;
      return alone.some((b) => contradicts(a.known, b.known) !== contradicts(b.known, a.known));
    });
    expect(wrong).toEqual([]);
  });
});

describe('weaker relations overspend without a proof', () => {
  const seqOnly: Relation = (a, b) =>
    'sequence' in a && 'sequence' in b && a.sequence === b.sequence ? contradicts(a, b) : undefined;
  const adjacentOnly: Relation = (a, b) =>
    'sequence' in a && 'sequence' in b && Math.abs(a.sequence - b.sequence) <= 1
      ? contradicts(a, b)
      : undefined;

  it.each([
    ['corrupt_seqonly: comparing equal sequences only', seqOnly],
    ['C mode 2: comparing neighbours only where they are adjacent', adjacentOnly],
  ])('%s', (_, relation) => {
    const { failures } = search(firstWins(relation));
    expect(failures[0]).toMatch(/^unfunded/);
  });

  it('the full relation does not', () => {
    expect(search(firstWins(contradicts)).failures).toEqual([]);
  });
});
