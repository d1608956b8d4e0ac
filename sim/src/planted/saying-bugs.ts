import type { Bug } from './bug.ts';

const RULES = 'protocol/src/judge/rules.ts';
const PAYEE = 'protocol/src/judge/payee.ts';
const RETURN = 'bank/src/settlement/decide/return.ts';
const PAYMENT = 'bank/src/settlement/decide/payment.ts';
const RECEIPT = 'wallet/src/payer/accept-receipt.ts';

/** The same of what phones and banks say to each other. */
export const SAYING_BUGS: readonly Bug[] = [
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
        find: 'return isListed(bulletin?.revokedCredentials, credentialId) ?',
        replace: 'return credentialId.length === 0 ?',
      },
      {
        file: RULES,
        find: 'isListed(bulletin?.revokedCredentials, target.credentialId);',
        replace: 'isListed(bulletin?.revokedCredentials, new Uint8Array(0));',
      },
    ],
  },
  {
    name: 'payee-signature-not-verified',
    breaks: "judge §5: a receipt is signed under the payee's credential",
    edits: [
      {
        file: PAYEE,
        find: 'await verifyDocument(document, credential.fields, trust.verifier, credentialId)',
        replace: 'document.signature.length > 0',
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
        find: 'payment !== undefined && equalBytes(payment.id, against)',
        replace: 'payment !== undefined && against.length === 32',
      },
    ],
  },
  {
    name: 'phone-clock-decides',
    breaks: "judge rule 9: a phone judges by the bank's time, never by its own clock",
    edits: [
      {
        file: 'wallet/src/core/view.ts',
        find: 'bankTimeOf(state, seen, wallet.clock.now()),',
        replace: 'Math.min(bankTimeOf(state, seen, wallet.clock.now()), wallet.clock.now()),',
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
