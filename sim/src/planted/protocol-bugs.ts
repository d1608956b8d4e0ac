import type { Bug } from './bug.ts';

const RULES = 'protocol/src/judge/rules.ts';
const RELATION = 'protocol/src/judge/contradiction.ts';
const PROVE = 'protocol/src/judge/prove.ts';
const SIGNED = 'protocol/src/documents/signed-bytes.ts';

/** Signatures, what is signed, and the judge's rules (spec/judge.md §2, §3). */
export const PROTOCOL_BUGS: readonly Bug[] = [
  {
    name: 'high-s-taken',
    breaks: 'suites §1: an ECDSA signature has one form',
    edits: [
      {
        file: 'protocol/src/suites/form.ts',
        find: 'return isLowS(signature);',
        replace: 'return isScalarPair(signature);',
      },
    ],
  },
  {
    name: 'payer-signature-not-verified',
    breaks: 'judge rule 3',
    edits: [
      {
        file: PROVE,
        find: 'if (await verifyDocument(document, allowance.fields, verifier, allowanceId))',
        replace:
          'if ((await verifyDocument(document, allowance.fields, verifier, allowanceId)) || true)',
      },
    ],
  },
  {
    name: 'payee-not-signed',
    breaks: "documents §2: the payee's wallet is in the signed bytes",
    edits: [
      {
        file: SIGNED,
        find: '  const start = STARTS[type][suite];',
        replace: `  const start = STARTS[type][suite];
  if (type === 'payment') {
    const at = payload.findIndex((byte, i) => byte === 0x58 && payload[i + 1] === 0x20) + 34;
    payload = Uint8Array.from(payload).fill(0, at, at + 9);
  }`,
      },
    ],
  },
  {
    name: 'allowance-not-signed',
    breaks: 'documents §2: a payment is bound to its allowance through external data',
    edits: [
      {
        file: SIGNED,
        find: '  return concatBytes(start, parentId, head, payload);',
        replace: `  const nothing = new Uint8Array(32);
  return concatBytes(start, type === 'payment' ? nothing : parentId, head, payload);`,
      },
    ],
  },
  {
    name: 'issuer-signature-not-verified',
    breaks: 'judge rule 2',
    edits: [{ file: PROVE, find: '  if (!issued.ok) return issued;', replace: '' }],
  },
  {
    name: 'same-sequence-forgiven',
    breaks: 'judge rule 5',
    edits: [
      {
        file: RELATION,
        find: "if (a.sequence === b.sequence) return 'double_spend';",
        replace: 'if (a.sequence === b.sequence) return undefined;',
      },
    ],
  },
  {
    name: 'totals-across-gaps-not-compared',
    breaks: 'judge §3: spent_i + amount_j > spent_j, whatever lies between',
    edits: [
      { file: RELATION, find: 'return least > higher.spentMinor;', replace: 'return false;' },
    ],
  },
  {
    name: 'successor-not-looked-at',
    breaks: 'judge rule 6: the nearest neighbours, before and after',
    edits: [
      {
        file: RULES,
        find: "    speaksAgainst(subject, known.after, 'contradiction') ??\n",
        replace: '',
      },
    ],
  },
  {
    name: 'contradicting-return-forgiven',
    breaks: 'judge §3: a Return contradicts what was signed after it',
    edits: [
      {
        file: RELATION,
        find: 'if (payment.sequence > lastSequence) return true;',
        replace: 'if (payment.sequence > lastSequence) return false;',
      },
    ],
  },
  {
    name: 'foreign-return-taken',
    breaks: "judge §3: a Return names its allowance's journal",
    edits: [
      {
        file: PROVE,
        find: 'if (equalBytes(allowance.journalNonce, returned.journalNonce)) return undefined;',
        replace: 'if (returned.journalNonce.length === 8) return undefined;',
      },
    ],
  },
  {
    name: 'any-payee-taken',
    breaks: 'judge rule 7: wrong_payee',
    edits: [
      {
        file: RULES,
        find: 'return says(payment.payeeWallet !== context.target.wallet,',
        replace: 'return says(payment.payeeWallet < 0,',
      },
    ],
  },
  {
    name: 'over-per-payment-taken',
    breaks: 'judge rule 8: over_per_payment',
    edits: [
      {
        file: RULES,
        find: 'says(payment.amountMinor > allowance.perPaymentMinor,',
        replace: 'says(payment.amountMinor > allowance.limitMinor * 9n,',
      },
    ],
  },
  {
    name: 'over-limit-taken',
    breaks: 'judge rule 8: over_limit',
    edits: [
      {
        file: RULES,
        find: 'says(payment.spentMinor > allowance.limitMinor,',
        replace: 'says(payment.spentMinor > allowance.limitMinor * 2n,',
      },
    ],
  },
  {
    name: 'one-sequence-too-many',
    breaks: 'judge rule 8: over_count, at its edge',
    edits: [
      {
        file: RULES,
        find: 'sequence < firstSequence || sequence >= firstSequence + count,',
        replace: 'sequence < firstSequence || sequence > firstSequence + count,',
      },
    ],
  },
  {
    name: 'nothing-may-be-paid',
    breaks: 'judge rule 8: amount_zero',
    edits: [
      {
        file: RULES,
        find: "says(payment.amountMinor === 0n, 'nothing is paid'),",
        replace: "says(payment.amountMinor < 0n, 'nothing is paid'),",
      },
    ],
  },
  {
    name: 'inconsistent-totals-taken',
    breaks: 'judge rule 8: totals_inconsistent',
    edits: [
      {
        file: RULES,
        find: "return says(!begins, 'a first payment that does not begin at the allowance');",
        replace: 'return says(!begins && previous.length === 0, "never");',
      },
    ],
  },
  {
    name: 'client-time-trusted',
    breaks: 'judge rule 9: the bank judges received time alone',
    edits: [
      {
        file: RULES,
        find: `    speaks: ({ allowance }, context) => {
      const late = context.as === 'bank' && context.receivedAt > allowance.claimUntil;`,
        replace: `    speaks: ({ allowance, payment }, context) => {
      const late = context.as === 'bank' && payment.claimedAt > allowance.claimUntil;`,
      },
    ],
  },
  {
    name: 'expiry-at-the-bank',
    breaks: 'judge rule 9: a payment accepted offline settles after `until`',
    edits: [
      {
        file: RULES,
        find: "const late = context.as === 'bank' && context.receivedAt > allowance.claimUntil;",
        replace: "const late = context.as === 'bank' && context.receivedAt > allowance.until;",
      },
    ],
  },
  {
    name: 'one-document-twice-accused',
    breaks: 'evidence §1: one document signed twice is not equivocation',
    edits: [
      {
        file: RELATION,
        find: '  if (equalBytes(a.id, b.id)) return undefined;\n',
        replace: '',
      },
      {
        file: RULES,
        find: '  if (firstAnswer === undefined && !settled) return undefined;',
        replace:
          "  if (as === 'bank' || (firstAnswer === undefined && !settled)) return undefined;",
      },
    ],
  },
];
