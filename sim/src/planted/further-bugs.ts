import type { Bug } from './bug.ts';

const RULES = 'protocol/src/judge/rules.ts';
const RELATION = 'protocol/src/judge/contradiction.ts';
const PAYEE = 'protocol/src/judge/payee.ts';
const REFUND = 'bank/src/settlement/decide/refund.ts';
const RETURN = 'bank/src/settlement/decide/return.ts';
const PAYMENT = 'bank/src/settlement/decide/payment.ts';
const RECEIPT = 'wallet/src/payer/accept-receipt.ts';

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
        find: 'if (payment.currency !== allowance.currency) return { detail: "not the allowance\'s currency" };',
        replace: '',
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
        find: "const other = mode === 'dynamic' && paidBy !== undefined && !equalBytes(paidBy, paymentId);",
        replace:
          "const other = mode === 'static' && paidBy !== undefined && !equalBytes(paidBy, paymentId);",
      },
      {
        file: 'wallet/src/journal/unique-keys.ts',
        find: "      return mode === 'dynamic' ? [seen, key('request-served', bind)] : [seen];",
        replace: "      return mode === 'dynamic' && bind.length === 0 ? [bind] : [seen];",
      },
    ],
  },
  {
    name: 'request-over-and-taken',
    breaks: 'judge rule 7: request_expired',
    edits: [
      {
        file: RULES,
        find: 'return says(target?.until !== undefined && target.until < bankTime,',
        replace: 'return says(target?.until !== undefined && target.until < bankTime - 9e9,',
      },
    ],
  },
  {
    name: 'revoked-device-not-refused',
    breaks: 'judge rule 10: device_revoked',
    edits: [
      {
        file: RULES,
        find: 'revoked.length > 0 && isListed(',
        replace: 'revoked.length > 9_999 && isListed(',
      },
    ],
  },
  {
    name: 'paid-to-a-revoked-till',
    breaks: 'judge rule 10: a payee whose device or credential is revoked is not paid',
    edits: [
      {
        file: PAYEE,
        find: "if (isListed(bulletin?.revokedDevices, device)) return 'device_revoked';",
        replace:
          "if (isListed(bulletin?.revokedDevices, device.subarray(1))) return 'device_revoked';",
      },
      {
        file: PAYEE,
        find: "  return isListed(bulletin?.revokedCredentials, credentialId) ? 'credential_revoked' : undefined;",
        replace: "  return credentialId.length === 0 ? 'credential_revoked' : undefined;",
      },
      {
        file: RULES,
        find: 'target !== undefined && isListed(bulletin?.revokedCredentials, target.credentialId);',
        replace:
          'target === undefined && isListed(bulletin?.revokedCredentials, new Uint8Array(0));',
      },
    ],
  },
  {
    name: 'payee-signature-not-verified',
    breaks: "judge §5: a receipt is signed under the payee's credential",
    edits: [
      {
        file: PAYEE,
        find: '  if (await verifyDocument(document, credential.fields, trust.verifier, credentialId)) {',
        replace: '  if (document.signature.length > 0) {',
      },
    ],
  },
  {
    name: 'receipt-of-another-payee',
    breaks: "judge §5: a receipt is of the payee's wallet",
    edits: [
      {
        file: RECEIPT,
        find: 'if (!samePayee || amountMinor !== payment.fields.amountMinor) {',
        replace: 'if (!samePayee && amountMinor !== payment.fields.amountMinor) {',
      },
    ],
  },
  {
    name: 'bulletins-go-back',
    breaks: 'journal 7: an older bulletin is refused',
    edits: [
      {
        file: 'wallet/src/core/fetch-bulletin.ts',
        find: '    if (version < highest) {',
        replace: '    if (version < 0) {',
      },
    ],
  },
  {
    name: 'bulletin-signature-not-verified',
    breaks: 'suites §3: a bulletin counts by a known key alone',
    edits: [
      {
        file: 'wallet/src/core/fetch-bulletin.ts',
        find: '    if (!proved.ok) return refuse(proved.code, proved.detail);',
        replace:
          "    if (!proved.ok && proved.code === 'issuer_unknown') return refuse(proved.code, '');",
      },
    ],
  },
  {
    name: 'new-issuer-keys-not-adopted',
    breaks: 'suites §3: the newest bulletin adds issuer keys',
    edits: [
      {
        file: 'wallet/src/core/view.ts',
        find: '[...(seen?.bulletin.fields.issuerKeys ?? []), ...pinned]',
        replace: '[...(seen?.bulletin.fields.issuerKeys ?? []).slice(99), ...pinned]',
      },
    ],
  },
  {
    name: 'rest-not-given-back',
    breaks: 'settlement §4 (a): the rest goes back with the last sequence',
    edits: [
      {
        file: PAYMENT,
        find: 'return firstSequence + count - 1;',
        replace: 'return firstSequence + count;',
      },
    ],
  },
  {
    name: 'second-return-not-compared',
    breaks: 'judge §3: two Returns that differ contradict',
    edits: [
      {
        file: RELATION,
        find: '    a.lastSequence !== b.lastSequence ||\n    a.totalMinor !== b.totalMinor ||',
        replace: '    a.lastSequence < 0 || b.lastSequence < 0 ||',
      },
      {
        file: RELATION,
        find: '    !equalBytes(a.head, b.head)\n  );',
        replace: '    a.head.length !== b.head.length\n  );',
      },
    ],
  },
  {
    name: 'return-compared-with-the-first',
    breaks: 'settlement §2: a Return is compared with everything settled',
    edits: [
      {
        file: RETURN,
        find: 'const last = allowance.chain.at(-1);',
        replace: 'const last = allowance.chain.at(0);',
      },
    ],
  },
  {
    name: 'evidence-of-the-wrong-neighbour',
    breaks: 'evidence §1: a proof keeps the two documents that contradict',
    edits: [
      {
        file: PAYMENT,
        find: 'if (payment !== undefined && equalBytes(payment.id, against)) return payment.evidence;',
        replace: 'if (payment !== undefined && against.length === 32) return payment.evidence;',
      },
    ],
  },
  {
    name: 'phone-clock-decides',
    breaks: "judge rule 9: a phone judges by the bank's time, never by its own clock",
    edits: [
      {
        file: 'wallet/src/core/view.ts',
        find: '    bankTime: bankTimeOf(state, seen, wallet.clock.now()),',
        replace:
          '    bankTime: Math.min(bankTimeOf(state, seen, wallet.clock.now()), wallet.clock.now()),',
      },
    ],
  },
  {
    name: 'return-key-not-verified',
    breaks: 'judge rule 3: a Return is signed by its payer',
    edits: [
      {
        file: 'protocol/src/judge/prove.ts',
        find: '    (await refusePayer(packet, packet.return, options)) ??\n',
        replace: '',
      },
    ],
  },
];
