import type { Bug } from './bug.ts';

const PAYMENT = 'bank/src/settlement/decide/payment.ts';
const DOCKET = 'bank/src/settlement/decide/docket.ts';
const REFUND = 'bank/src/settlement/decide/refund.ts';
const RETURN = 'bank/src/settlement/decide/return.ts';
const RELEASE = 'bank/src/settlement/decide/release.ts';
const PROVE = 'bank/src/settlement/prove.ts';
const WALK = 'bank/src/settlement/settlement.ts';

const REFUSED =
  "  if (!proved.ok) return { kind: 'refused', claimed: 'payment', code: proved.code };";

/** Settlement: proving, deciding, evidence, money (spec/settlement.md). */
export const BANK_BUGS: readonly Bug[] = [
  {
    name: 'decided-before-the-lock',
    breaks: 'settlement §2: what is decided on is read under the lock',
    edits: [
      {
        file: WALK,
        find: `      const decided = await store.deciding(batch.upload.id, (deciding) =>
        decideAndPost(deciding, batch, part),
      );`,
        replace: `      const { carried, proved, known } = batch;
      const early = await store.readDecidedFacts(questionOf(proved, known, { carried }), known);
      const decided = await store.deciding(batch.upload.id, (deciding) =>
        decideAndPost({ ...deciding, readFacts: async () => early }, batch, part),
      );`,
      },
    ],
  },
  {
    name: 'seen-before-by-id-alone',
    breaks: 'settlement §1: a forged copy of a settled payment stays refused',
    edits: [
      {
        file: PROVE,
        find: 'payment === undefined || !equalBytes(payment.sha256, sha256)',
        replace: 'payment === undefined || sha256.length === 0',
      },
    ],
  },
  {
    name: 'revoked-allowance-refused',
    breaks: 'judge rule 10: never at the bank',
    edits: [
      {
        file: PAYMENT,
        find: '  const neighbours = around(allowance.chain, sequence);',
        replace: `  if (allowance.status === 'revoked') {
    return refuse(docket, proved, { allowance, code: 'allowance_revoked' });
  }
  const neighbours = around(allowance.chain, sequence);`,
      },
    ],
  },
  {
    name: 'return-refuses-payments',
    breaks: 'judge §1: a Return refuses no payment that its reservation covers',
    edits: [
      {
        file: PAYMENT,
        find: '  const neighbours = around(allowance.chain, sequence);',
        replace: `  const { returned } = allowance;
  if (returned !== undefined && sequence > returned.lastSequence) {
    return refuse(docket, proved, { allowance, code: 'contradiction' });
  }
  const neighbours = around(allowance.chain, sequence);`,
      },
    ],
  },
  {
    name: 'return-not-compared-afterwards',
    breaks: 'settlement §2: what settles after a Return and contradicts it is a proof',
    edits: [
      {
        file: PAYMENT,
        find: '  compareWithReturn(docket, allowance, settling);\n',
        replace: '  if (sequence < 0) compareWithReturn(docket, allowance, settling);\n',
      },
    ],
  },
  {
    name: 'return-not-compared-before',
    breaks: 'settlement §2: a Return that contradicts what is settled is a proof',
    edits: [
      {
        file: RETURN,
        find: 'const exceeded = last && contradicts(last, known);',
        replace:
          'const exceeded = last && last.sequence < 0 ? contradicts(last, known) : undefined;',
      },
    ],
  },
  {
    name: 'accused-by-device-and-sequence',
    breaks: 'evidence §1: never accuse on device and sequence',
    edits: [
      {
        file: PAYMENT,
        find: '  const neighbours = around(allowance.chain, sequence);',
        replace: `  const { deviceNo } = allowance.terms;
  const own = [...docket.allowances.values()].filter(({ terms }) => terms.deviceNo === deviceNo);
  const chain = own.flatMap((each) => each.chain).sort((a, b) => a.sequence - b.sequence);
  const neighbours = around(chain, sequence);`,
      },
    ],
  },
  {
    name: 'proof-not-kept',
    breaks: 'settlement §2: a rejection by rule 5 or 6 stores the proof',
    edits: [
      {
        file: WALK,
        find: 'const proofs = await proveAccusations(decision.accusations, deciding);',
        replace: 'const proofs = await proveAccusations([], deciding);',
      },
    ],
  },
  {
    name: 'accused-goes-on',
    breaks: 'settlement §2: a proof revokes its allowance',
    edits: [
      {
        file: DOCKET,
        find: "if (allowance.status !== 'closed') allowance.status = 'revoked';",
        replace: "if (allowance.status === 'closed') allowance.status = 'revoked';",
      },
    ],
  },
  {
    name: 'settled-sum-forgotten',
    breaks: 'settlement §3: a reservation holds its limit less what was settled',
    edits: [{ file: PAYMENT, find: '  allowance.settledMinor += amountMinor;\n', replace: '' }],
  },
  {
    name: 'return-gives-money-back',
    breaks: 'settlement §4: a Return releases nothing',
    edits: [
      {
        file: RETURN,
        find: '    allowance.returned = recorded;\n',
        replace:
          '    allowance.returned = recorded;\n    allowance.finalSpentMinor = totalMinor;\n',
      },
    ],
  },
  {
    name: 'gaps-given-back',
    breaks: 'settlement §4 (a): what is missing before the last sequence stays reserved',
    edits: [
      {
        file: RELEASE,
        find: 'const amountMinor = limitMinor - finalSpentMinor;',
        replace: 'const amountMinor = limitMinor - allowance.settledMinor;',
      },
    ],
  },
  {
    name: 'given-back-under-accusation',
    breaks: 'settlement §4: nothing is released before the case of a proof is decided',
    edits: [
      {
        file: RELEASE,
        find: 'if (finalSpentMinor === undefined || proved) return;',
        replace: 'if (finalSpentMinor === undefined || (proved && limitMinorOf() < 0)) return;',
      },
      {
        file: RELEASE,
        find: 'export function release(',
        replace: 'const limitMinorOf = () => 0;\nexport function release(',
      },
    ],
  },
  {
    name: 'refund-of-more-than-was-paid',
    breaks: 'settlement §6: refund_over_amount',
    edits: [
      {
        file: REFUND,
        find: '!consistent || cumulativeMinor > payment.amountMinor',
        replace: '!consistent && cumulativeMinor < 0n',
      },
    ],
  },
  {
    name: 'refund-gives-everything-back',
    breaks: 'settlement §6: a refund moves its amount',
    edits: [
      {
        file: REFUND,
        find: "docket.moves.push({ kind: 'refund', debit, credit, amountMinor, currency,",
        replace: `const { amountMinor: whole } = payment;
    docket.moves.push({ kind: 'refund', debit, credit, amountMinor: whole, currency,`,
      },
    ],
  },
  {
    name: 'extra-not-said',
    breaks: 'settlement §1: a second payment of one request is answered as extra',
    edits: [
      {
        file: 'bank/src/settlement/post.ts',
        find: 'settled !== undefined && extra.has(settled)',
        replace: 'settled !== undefined && extra.has(-1)',
      },
    ],
  },
  {
    name: 'forged-copy-occupies-an-id',
    breaks: 'settlement §1: who forges a signature cannot occupy an id',
    edits: [
      {
        file: PROVE,
        find: REFUSED,
        replace: `  if (!proved.ok) {
    occupied.add(keyOf(packet.paymentId));
    return { kind: 'refused', claimed: 'payment', code: proved.code };
  }
  if (occupied.has(keyOf(packet.paymentId))) {
    return { kind: 'refused', claimed: 'payment', code: 'payer_signature_invalid' };
  }`,
      },
      {
        file: PROVE,
        find: 'function numberOf(terms',
        replace: 'const occupied = new Set<string>();\n\nfunction numberOf(terms',
      },
    ],
  },
  {
    name: 'claim-window-never-over',
    breaks: 'settlement §4: received time ≤ claim until',
    edits: [
      {
        file: 'protocol/src/judge/rules.ts',
        find: "const late = context.as === 'bank' && context.receivedAt > allowance.claimUntil;",
        replace: "const late = context.as === 'bank' && context.receivedAt < 0;",
      },
    ],
  },
];
