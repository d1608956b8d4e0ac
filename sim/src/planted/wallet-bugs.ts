import type { Bug } from './bug.ts';

const PAY = 'wallet/src/payer/pay.ts';
const CHOOSE = 'wallet/src/payer/choose-allowance.ts';
const ACCEPT = 'wallet/src/payee/accept.ts';
const NEIGHBOURS = 'wallet/src/payee/neighbours.ts';
const UNIQUE = 'wallet/src/journal/unique-keys.ts';
const SYNC = 'wallet/src/core/sync.ts';

/** The wallet's journal, its payer and its payee (spec/journal.md). */
export const WALLET_BUGS: readonly Bug[] = [
  {
    name: 'acceptance-answered-before-it-is-written',
    breaks: 'journal 1: accepted is on the disk before it is said',
    edits: [
      {
        file: ACCEPT,
        find: "  await append({ type: 'accepted', packet: payment.bytes, shownHash, receipt });\n",
        replace: `  if (wallet.clock.now() % 3 !== 0) {
    await append({ type: 'accepted', packet: payment.bytes, shownHash, receipt });
  } else {
    const { packet } = payment;
    const at = wallet.clock.now();
    return answerOf(
      { packet, receipt, at, state: 'received', answer: undefined, refunds: [] },
      'accepted',
    );
  }
`,
      },
    ],
  },
  {
    name: 'sequence-from-memory',
    breaks: 'journal 3: sequence, spent and previous come from the journal alone',
    edits: [
      {
        file: CHOOSE,
        find: '    sequence: held.lastSequence + 1,',
        replace: '    sequence: nextOf(held),',
      },
      {
        file: CHOOSE,
        find: 'function isOver(code: JudgeCode)',
        replace: `const drawn = new Map<string, number>();

function nextOf({ allowanceId, lastSequence }: HeldAllowance): number {
  const key = allowanceId.join();
  const sequence = (drawn.get(key) ?? lastSequence) + 1;
  drawn.set(key, sequence);
  return sequence;
}

function isOver(code: JudgeCode)`,
      },
    ],
  },
  {
    name: 'spent-not-carried-on',
    breaks: 'journal 3: spent so far includes every payment before',
    edits: [
      {
        file: CHOOSE,
        find: '    spentMinor: held.spentMinor + amountMinor,',
        replace: '    spentMinor: amountMinor,',
      },
      {
        file: 'protocol/src/judge/rules.ts',
        find: "return says(payment.spentMinor <= payment.amountMinor, 'nothing was spent before');",
        replace:
          "return says(payment.spentMinor < payment.amountMinor, 'nothing was spent before');",
      },
      {
        file: CHOOSE,
        find: '    before: last && knownPayment(',
        replace: '    before: last?.at === -1 ? knownPayment(',
      },
      {
        file: CHOOSE,
        find: 'last.packet.payment.fields, last.packet.paymentId),',
        replace: 'last.packet.payment.fields, last.packet.paymentId) : undefined,',
      },
    ],
  },
  {
    name: 'one-request-paid-twice',
    breaks: 'journal 6: a wallet refuses a request that it paid',
    edits: [
      {
        file: PAY,
        find: '  if (made !== undefined) {',
        replace: '  if (made !== undefined && made.at < 0) {',
      },
      {
        file: UNIQUE,
        find: "return mode === 'dynamic' ? [signed, key('request-paid', bind)] : [signed];",
        replace: "return mode === 'dynamic' && bind.length === 0 ? [] : [signed];",
      },
    ],
  },
  {
    name: 'roll-back-not-noticed',
    breaks: "journal 5: a journal behind the bank's head spends no more",
    edits: [
      {
        file: SYNC,
        find: 'return ours === undefined || hex(ours) !== head.payment_id;',
        replace: 'return ours !== undefined && hex(ours) !== head.payment_id;',
      },
    ],
  },
  {
    name: 'paid-after-a-return',
    breaks: 'judge rule 6: "I sign no more" binds who signed it',
    edits: [
      {
        file: CHOOSE,
        find: '    .filter(({ returned }) => returned === undefined)\n',
        replace: '',
      },
      {
        file: CHOOSE,
        find: '    returned: returned && knownReturn(returned.return.fields, returned.returnId),',
        replace: '    returned: returned && undefined,',
      },
    ],
  },
  {
    name: 'seen-set-with-a-lifetime',
    breaks: 'judge rule 4: what was accepted is known for ever',
    edits: [
      {
        file: ACCEPT,
        find: "  if (before !== undefined) return answerOf(before, 'duplicate');\n",
        replace: `  if (before !== undefined && wallet.clock.now() - before.at < 3_600) {
    return answerOf(before, 'duplicate');
  }
`,
      },
      {
        file: NEIGHBOURS,
        find: '    firstAnswer: state.accepted.get(hex(paymentId))?.receipt,',
        replace: '    firstAnswer: undefined,',
      },
      {
        file: UNIQUE,
        find: "      return mode === 'dynamic' ? [seen, key('request-served', bind)] : [seen];",
        replace: "      return mode === 'dynamic' && seen.length === 0 ? [bind] : [];",
      },
    ],
  },
  {
    name: 'contradiction-not-noticed-at-the-till',
    breaks: 'judge rules 5 and 6 at the payee',
    edits: [
      {
        file: NEIGHBOURS,
        find: '    same: known.find((each) => each.sequence === sequence),',
        replace: '    same: known.find((each) => each.sequence < 0 * sequence),',
      },
      {
        file: NEIGHBOURS,
        find: '    before: known.findLast((each) => each.sequence < sequence),',
        replace: '    before: undefined,',
      },
      {
        file: NEIGHBOURS,
        find: '    after: known.find((each) => each.sequence > sequence),',
        replace: '    after: undefined,',
      },
    ],
  },
  {
    name: 'accepted-not-handed-in-again',
    breaks: 'journal 8: everything accepted is handed in until the bank has decided',
    edits: [
      {
        file: 'wallet/src/core/pending.ts',
        find: '  const payments = [...handed, ...accepted]',
        replace: "  const payments = [...handed, ...[...accepted].filter(([id]) => id < '8')]",
      },
    ],
  },
];
