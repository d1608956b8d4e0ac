import type { Bug } from './bug.ts';

const DECIDE = 'bank/src/settlement/decide';
const SETTLEMENT = 'bank/src/settlement';
const JUDGE = 'protocol/src/judge';
const RULES = `${JUDGE}/rules.ts`;
const RELATION = `${JUDGE}/contradiction.ts`;
const DOCKET = `${DECIDE}/docket.ts`;
const PAYMENT = `${DECIDE}/payment.ts`;
const PENDING = 'wallet/src/core/pending.ts';
const ACCEPT = 'wallet/src/payee/accept.ts';
const WITNESS = 'wallet/src/core/witness.ts';

/** What breaks which rule where; and the text that stands there once, with what replaces it. */
type Row = readonly [name: string, breaks: string, file: string, find: string, replace: string];

const ROWS: readonly Row[] = [
  [
    'request-over-at-the-till',
    'judge rule 7: request_expired',
    RULES,
    'target?.until !== undefined && target.until < bankTime',
    'target?.until !== undefined && target.until < 0',
  ],
  [
    'two-returns-not-compared',
    'judge §3: two Returns that differ contradict',
    `${DECIDE}/return.ts`,
    'const verdict = contradicts(returned, known);',
    'const verdict = undefined as ReturnType<typeof contradicts>;',
  ],
  [
    'totals-of-returns-not-compared',
    'judge §3: two Returns that differ contradict, in the sum as well',
    RELATION,
    '    a.totalMinor !== b.totalMinor ||\n',
    '',
  ],
  [
    'too-much-before-a-return',
    'judge §3: what comes before a Return’s last has spent no more than its total',
    RELATION,
    'return payment.spentMinor > totalMinor;',
    'return false;',
  ],
  [
    'another-last-than-returned',
    'judge §3: the payment with a Return’s last sequence is its head',
    RELATION,
    'return payment.spentMinor !== totalMinor || !equalBytes(payment.id, head);',
    'return payment.spentMinor !== totalMinor;',
  ],
  [
    'last-contradicts-its-return',
    'judge §3: a Return agrees with its own last payment',
    RELATION,
    'if (payment.sequence > lastSequence) return true;',
    'if (payment.sequence >= lastSequence) return true;',
  ],
  [
    'skipped-money-forgiven',
    'judge §3: the sum of an adjacent payment is the sum before and its amount',
    RELATION,
    'return least !== higher.spentMinor ||',
    'return least > higher.spentMinor ||',
  ],
  [
    'predecessor-not-looked-at',
    'judge rule 6: the nearest neighbours, before and after',
    RULES,
    "    speaksAgainst(subject, known.before, 'contradiction') ??\n",
    '',
  ],
  [
    'any-past-of-the-first',
    'judge rule 8: the first payment names its allowance',
    RULES,
    'const begins = spentMinor === amountMinor && equalBytes(previous, allowanceId);',
    'const begins = spentMinor === amountMinor;',
  ],
  [
    'newest-issuer-key-alone',
    'suites §3: keys that a phone has been told of stay known',
    'wallet/src/core/view.ts',
    '[...(seen?.bulletin.fields.issuerKeys ?? []), ...pinned]',
    '(seen?.bulletin.fields.issuerKeys ?? pinned).slice(-1)',
  ],
  [
    'the-earlier-of-two-times',
    'judge §2: the best bank time is the greatest that is known',
    'wallet/src/core/view.ts',
    'return Math.max(byJournal,',
    'return Math.min(byJournal,',
  ],
  [
    'time-not-counted-on',
    'judge §2: bank time goes on with the phone’s clock',
    'protocol/src/time.ts',
    'Math.max(0, Math.floor(phoneNow - phoneAtLast))',
    'Math.min(0, Math.floor(phoneNow - phoneAtLast))',
  ],
  [
    'time-goes-back-with-the-clock',
    'judge §2: bank time is never moved back',
    'protocol/src/time.ts',
    'Math.max(0, Math.floor(phoneNow - phoneAtLast))',
    'Math.floor(phoneNow - phoneAtLast)',
  ],
  [
    'settled-when-it-came',
    'settlement §1: settled at is when it was decided',
    PAYMENT,
    'settledAt: docket.hearing.decidedAt,',
    'settledAt: docket.hearing.receivedAt,',
  ],
  [
    'received-when-decided',
    'judge rule 9: received is when the bytes were first stored',
    PAYMENT,
    'receivedAt: docket.hearing.receivedAt,\n    known',
    'receivedAt: docket.hearing.decidedAt,\n    known',
  ],
  [
    'refused-not-for-ever',
    'settlement §1: a final refusal stands under its document’s id',
    PAYMENT,
    'documentId: mayPass(code) ? undefined : paymentId,',
    'documentId: undefined,',
  ],
  [
    'refused-for-ever-what-may-pass',
    'settlement §1: codes that may pass do not stand under an id',
    PAYMENT,
    'documentId: mayPass(code) ? undefined : paymentId,',
    'documentId: paymentId,',
  ],
  [
    'exhausted-though-accused',
    'settlement §2: a proof revokes its allowance',
    PAYMENT,
    "if (allowance.status !== 'revoked') allowance.status = 'exhausted';",
    "allowance.status = 'exhausted';",
  ],
  [
    'one-before-the-last-gives-back',
    'settlement §4 (a): the last allowed sequence alone',
    PAYMENT,
    'if (sequence === lastSequence(allowance.terms)) {',
    'if (sequence >= lastSequence(allowance.terms) - 1) {',
  ],
  [
    'accused-in-this-batch-forgotten',
    'settlement §4: what accuses in the same batch keeps the money',
    DOCKET,
    '  allowance.proved = true;\n',
    '',
  ],
  [
    'accused-before-forgotten',
    'settlement §4: nothing is released before the case of a proof is decided',
    DOCKET,
    '      proved,\n      revoked',
    '      proved: false,\n      revoked',
  ],
  [
    'return-of-before-forgotten',
    'settlement §2: a Return is compared with what settles after it',
    DOCKET,
    '      returned,\n      settledMinor',
    '      returned: undefined,\n      settledMinor',
  ],
  [
    'refunds-as-they-stand',
    'settlement §2: refunds by payment and number',
    `${DECIDE}/index.ts`,
    'refunds.sort(byPaymentAndNumber)',
    'refunds',
  ],
  [
    'proof-of-another-item',
    'settlement §1: a refusal names its own proof',
    `${SETTLEMENT}/post.ts`,
    'proofId: proofIds[accusation]',
    'proofId: proofIds[0]',
  ],
  [
    'recalled-in-another-order',
    'settlement §1: one outcome a packet, in order',
    `${SETTLEMENT}/settlement.ts`,
    'outcomes: await recallDecided(context, read)',
    'outcomes: await recallDecided(context, { ...read, claims: [...read.claims].reverse() })',
  ],
  [
    'refusal-keeps-a-replaced-key',
    'wallet-key §6: a refusal that may pass keeps no authority for later',
    `${DECIDE}/key-payment.ts`,
    'const came = facts.keys.refusedBefore.has(item.place) ? [] : [hearing.receivedAt];',
    'const came = [hearing.receivedAt];',
  ],
  [
    'evidence-not-handed-in',
    'journal 8: what contradicts is handed in as evidence',
    PENDING,
    'return [...payments, ...against, ...refunds, ...returns];',
    'return [...payments, ...refunds, ...returns];',
  ],
  [
    'given-not-handed-in',
    'journal 8: both sides hand in',
    PENDING,
    'const payments = [...handed, ...accepted]',
    'const payments = [...accepted]',
  ],
  [
    'withheld-is-handed-in',
    'journal 8: what the payee did not take is not handed in by its payer',
    PENDING,
    'filter(([, { withheld }]) => !withheld)',
    'filter(() => true)',
  ],
  [
    'answers-of-other-places',
    'settlement §1: one outcome a packet, in order',
    'wallet/src/core/sync.ts',
    'outcomeOf(outcome, batch[at])',
    'outcomeOf(outcome, batch[batch.length - 1 - at])',
  ],
  [
    'sent-is-over',
    'journal 8: handed in until the bank has answered for good',
    'wallet/src/exchange/exchange.ts',
    "return state !== 'settled' && state !== 'rejected';",
    "return state !== 'settled' && state !== 'rejected' && state !== 'sent';",
  ],
  [
    'evidence-not-kept',
    'journal 8: a till keeps what contradicts a payment that it took',
    ACCEPT,
    "  await append({ type: 'contradicted', packet: packet.bytes });\n",
    '',
  ],
  [
    'pays-behind-the-bank',
    'journal 5: a journal behind the bank’s head spends no more',
    'wallet/src/payer/pay.ts',
    '  if (state.rolledBack !== undefined) {',
    '  if (state.rolledBack !== undefined && state.given.size > 999) {',
  ],
  [
    'witness-not-asked',
    'journal 9: a journal behind its witness spends no more',
    WITNESS,
    'if (own.some((mark) => !journal.holds(mark))) return true;',
    'if (own.length > 9) return true;',
  ],
  [
    'witness-not-told',
    'journal 9: the witness knows of a payment before it is shown',
    WITNESS,
    'if (last === undefined || late.length === 0) return;',
    'if (last === undefined || late.length === 0 || last.position > 5) return;',
  ],
];

/** What an engineer slips over: found by worlds that look closer at what was said and kept. */
export const CLOSER_BUGS: readonly Bug[] = ROWS.map(([name, breaks, file, find, replace]) => {
  return { name, breaks, edits: [{ file, find, replace }] };
});
