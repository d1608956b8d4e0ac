import type { Bug } from './bug.ts';

const DECIDE = 'bank/src/settlement/decide/key-payment.ts';

/** Payments by wallet keys (spec/wallet-key.md). */
export const KEY_BUGS: readonly Bug[] = [
  {
    name: 'key-signature-not-verified',
    breaks: 'wallet-key §2: RSASSA-PSS by the very key',
    edits: [
      {
        file: 'protocol/src/wallet-key/prove.ts',
        find: "if (await verifier.verify('PS256', key.modulus, message, signature)) ",
        replace: 'if (message.length > 0) ',
      },
    ],
  },
  {
    name: 'replaced-key-goes-on',
    breaks: 'wallet-key §6.4: payer_key_retired',
    edits: [
      {
        file: DECIDE,
        find: 'times.some((time) => isLive(key, time))',
        replace: 'times.length > 0',
      },
    ],
  },
  {
    name: 'one-nonce-two-payments',
    breaks: 'wallet-key §6.3: nonce_conflict',
    edits: [
      {
        file: DECIDE,
        find: 'return first !== undefined && !equalBytes(first, paymentId);',
        replace: 'return first?.length === 0;',
      },
    ],
  },
  {
    name: 'anybody-burns-a-nonce',
    breaks: 'wallet-key §4: a nonce belongs to its payer’s wallet',
    edits: [
      {
        file: 'bank/src/settlement/facts.ts',
        find: 'return `${wallet}:${nonce}`;',
        replace: 'return `${wallet > 0}:${nonce}`;',
      },
    ],
  },
  {
    name: 'paid-by-key-once-more',
    breaks: 'wallet-key §6.1: the first answer',
    edits: [
      {
        file: DECIDE,
        find: '  if (settled !== undefined) return plainAnswer(settledKeyAnswer(settled));',
        replace: '  if (settled?.id.length === 0) return plainAnswer(settledKeyAnswer(settled));',
      },
    ],
  },
  {
    name: 'key-pays-without-funds',
    breaks: 'wallet-key §6.11: insufficient_funds',
    edits: [{ file: DECIDE, find: 'funds < amountMinor', replace: 'funds < 0n' }],
  },
  {
    name: 'key-pays-its-own-wallet',
    breaks: 'wallet-key §6.12: to the current wallet of the payee key’s owner',
    edits: [
      {
        file: DECIDE,
        find: 'docket.facts.wallets.get(payee.wallet)',
        replace: 'docket.facts.wallets.values().next().value',
      },
    ],
  },
];
