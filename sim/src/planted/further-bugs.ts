import type { Bug } from './bug.ts';

const RULES = 'protocol/src/judge/rules.ts';
const RELATION = 'protocol/src/judge/contradiction.ts';
const REFUND = 'bank/src/settlement/decide/refund.ts';

/** What a reader of the code would try after the others: edges, signs, what is left out. */
export const FURTHER_BUGS: readonly Bug[] = [
  {
    name: 'past-of-a-neighbour-not-compared',
    breaks: 'judge §3: the predecessor of an adjacent payment is the one it names',
    edits: [
      {
        file: RELATION,
        find: 'return least !== higher.spentMinor || !equalBytes(higher.previous, lower.id);',
        replace: 'return least !== higher.spentMinor;',
      },
    ],
  },
  {
    name: 'refund-number-not-compared',
    breaks: 'settlement §6: refunds are numbered without a gap',
    edits: [
      {
        file: REFUND,
        find: 'const next = number === done.length + 1 && equalBytes(',
        replace: 'const next = number > done.length && equalBytes(',
      },
    ],
  },
  {
    name: 'refund-past-not-compared',
    breaks: 'settlement §6: a refund names the one before it',
    edits: [
      {
        file: REFUND,
        find: ' && equalBytes(refund.previous, last?.id ?? payment.id);',
        replace: ' && (last === undefined || refund.previous.length === 32);',
      },
    ],
  },
  {
    name: 'refund-signer-not-compared',
    breaks: 'settlement §6: refund_wrong_payee',
    edits: [
      {
        file: REFUND,
        find: "if (wallet !== payment.payeeWallet) return 'refund_wrong_payee';",
        replace: "if (wallet < 0) return 'refund_wrong_payee';",
      },
    ],
  },
  {
    name: 'refund-in-any-currency',
    breaks: 'settlement §6: wrong_currency',
    edits: [
      {
        file: REFUND,
        find: "if (refund.currency !== payment.currency) return 'wrong_currency';",
        replace: "if (refund.currency < 0) return 'wrong_currency';",
      },
    ],
  },
  {
    name: 'late-once-late-for-ever',
    breaks: 'settlement §1: claim_window_closed may pass',
    edits: [
      {
        file: 'bank/src/settlement/codes.ts',
        find: "  'claim_window_closed',\n  'credential_unknown',\n  'refund_unknown_payment',",
        replace: "  'credential_unknown',\n  'refund_unknown_payment',",
      },
    ],
  },
  {
    name: 'any-currency-taken',
    breaks: "judge rule 8: the allowance's currency",
    edits: [
      {
        file: RULES,
        find: 'if (payment.currency !== allowance.currency) return',
        replace: 'if (payment.currency < 0) return',
      },
      {
        file: RULES,
        find: 'const other = expected !== undefined && payment.currency !== expected;',
        replace: 'const other = expected !== undefined && allowance.currency !== expected;',
      },
    ],
  },
  {
    name: 'one-over-the-limit',
    breaks: 'judge rule 8: over_limit, at its edge',
    edits: [
      {
        file: RULES,
        find: 'says(payment.spentMinor > allowance.limitMinor,',
        replace: 'says(payment.spentMinor > allowance.limitMinor + 1n,',
      },
    ],
  },
  {
    name: 'one-over-a-payment',
    breaks: 'judge rule 8: over_per_payment, at its edge',
    edits: [
      {
        file: RULES,
        find: 'says(payment.amountMinor > allowance.perPaymentMinor,',
        replace: 'says(payment.amountMinor > allowance.perPaymentMinor + 1n,',
      },
    ],
  },
  {
    name: 'claim-window-a-second-short',
    breaks: 'judge rule 9: received time ≤ claim until',
    edits: [
      {
        file: RULES,
        find: "const late = context.as === 'bank' && context.receivedAt > allowance.claimUntil;",
        replace:
          "const late = context.as === 'bank' && context.receivedAt >= allowance.claimUntil;",
      },
    ],
  },
  {
    name: 'less-than-asked-taken',
    breaks: 'judge rule 8: wrong_amount',
    edits: [
      {
        file: RULES,
        find: 'says(asked !== undefined && asked !== payment.amountMinor,',
        replace: 'says(asked !== undefined && asked < payment.amountMinor,',
      },
    ],
  },
  {
    name: 'any-request-taken',
    breaks: 'judge rule 7: wrong_bind and wrong_mode',
    edits: [
      {
        file: RULES,
        find: 'target !== undefined && !equalBytes(payment.bind, target.bind);',
        replace: 'target !== undefined && payment.bind.length !== target.bind.length;',
      },
      {
        file: RULES,
        find: 'phone(context)?.target.mode === OTHER_MODE[payment.mode]',
        replace:
          "phone(context)?.target.mode === OTHER_MODE[payment.mode] && context.as === 'payer'",
      },
    ],
  },
  {
    name: 'request-paid-twice-at-the-till',
    breaks: 'judge rule 7: request_already_paid',
    edits: [
      {
        file: RULES,
        find: "mode === 'dynamic' && paidBy !== undefined &&",
        replace: "mode === 'static' && paidBy !== undefined &&",
      },
      {
        file: 'wallet/src/journal/unique-keys.ts',
        find: "      return mode === 'dynamic' ? [seen, key('request-served', bind)] : [seen];",
        replace: "      return mode === 'dynamic' && bind.length === 0 ? [bind] : [seen];",
      },
    ],
  },
];
