import type { Bug } from './bug.ts';

const DECIDE = 'bank/src/settlement/decide/order.ts';
const PROVE = 'protocol/src/sealed-ledger/prove.ts';
const CHECK = 'protocol/src/sealed-ledger/check.ts';

/** Sealed ledgers and tills' bundles, and the orders in them. */
export const ORDER_BUGS: readonly Bug[] = [
  {
    name: 'ledger-sender-not-verified',
    breaks: 'sealed-ledger §3: the registered key signed the transaction',
    edits: [
      {
        file: PROVE,
        find: "if (!(await verifier.verify('ECDSA-P256', registered, message, signature))) {",
        replace: 'if (message.length === 0) {',
      },
    ],
  },
  {
    name: 'named-key-verifies',
    breaks: 'sealed-ledger §3: the bank uses the registered key alone',
    edits: [
      {
        file: PROVE,
        find: 'if (!equalBytes(transaction.senderKey, registered)) {',
        replace: 'if (registered.length === 0) {',
      },
      {
        file: PROVE,
        find: "verify('ECDSA-P256', registered, message, signature)",
        replace: "verify('ECDSA-P256', transaction.senderKey, message, signature)",
      },
    ],
  },
  {
    name: 'ledger-receiver-not-verified',
    breaks: 'sealed-ledger §4: a receiver signs the hash of the whole list',
    edits: [
      {
        file: PROVE,
        find: "if (!(await verifier.verify('ECDSA-P256', registered, hash, signed.signature))) {",
        replace: 'if (hash.length === 0) {',
      },
    ],
  },
  {
    name: 'gap-in-a-ledger',
    breaks: 'sealed-ledger §4: an entry’s index is its place, its hash is of the one before',
    edits: [
      {
        file: CHECK,
        find: 'if (index !== i || hash !== chainHash(before, claimed)) ',
        replace: 'if (chainHash(hash, claimed) === before && index < i) ',
      },
    ],
  },
  {
    name: 'one-transaction-twice-in-a-ledger',
    breaks: 'sealed-ledger §4: no (from_id, txn_id) stands twice',
    edits: [
      {
        file: CHECK,
        find: "    if (seen.has(name)) found('ledger/duplicate_transaction');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'signature-borrowed',
    breaks: 'settlement §1: a copy with another signature is another text',
    edits: [
      {
        file: 'bank/src/settlement/prove-orders.ts',
        find: 'order === undefined || !equalBytes(order.sha256, sha256)',
        replace: 'order === undefined || sha256.length === 0',
      },
    ],
  },
  {
    name: 'one-number-two-orders',
    breaks: 'settlement §7.1: (kind, signer, number) is one order’s for ever',
    edits: [
      {
        file: DECIDE,
        find: 'if (first !== undefined && !equalBytes(first.content, order.content)) return true;',
        replace: 'if (first?.content.length === 0) return true;',
      },
    ],
  },
  {
    name: 'name-of-a-till-answers',
    breaks: 'settlement §7.1: a till’s id is a name, so what it says is compared first',
    edits: [
      {
        file: DECIDE,
        find: "if (order.kind === 'device_transaction' && isConflict(docket, order)) {",
        replace: "if (order.kind !== 'device_transaction' && isConflict(docket, order)) {",
      },
    ],
  },
  {
    name: 'order-paid-once-more',
    breaks: 'settlement §7.2: the first answer',
    edits: [
      {
        file: DECIDE,
        find: '(settled !== undefined) return plainAnswer(settledOrderAnswer(settled));\n  return',
        replace:
          '(settled?.id.length === 0) return plainAnswer(settledOrderAnswer(settled));\n  return',
      },
    ],
  },
  {
    name: 'bundle-not-let-in',
    breaks: 'settlement §7.4: bundle_not_cleared',
    edits: [
      {
        file: DECIDE,
        find: 'if (taken?.cleared !== true || !isOfItsBundle(docket, proved)) {',
        replace: 'if (taken === undefined) {',
      },
    ],
  },
  {
    name: 'stopped-till-goes-on',
    breaks: 'settlement §7.5: device_not_active',
    edits: [
      {
        file: DECIDE,
        find: "if (till?.status !== 'active') return no('device_not_active');",
        replace: "if (till === undefined) return no('device_not_active');",
      },
    ],
  },
  {
    name: 'till-debits-a-customer',
    breaks: 'settlement §7.6: payment_missing',
    edits: [
      { file: DECIDE, find: "  if (!taken.own) return no('payment_missing');\n", replace: '' },
    ],
  },
  {
    name: 'stopped-sender-pays',
    breaks: 'settlement §7.7: limit_wallet_inactive',
    edits: [
      {
        file: DECIDE,
        find: "  if (!sender.approved) return no('limit_wallet_inactive');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'anothers-limit-named',
    breaks: 'settlement §7.7: payer_mismatch',
    edits: [
      {
        file: DECIDE,
        find: "if (named !== '' && named !== walletId) return",
        replace: "if (named !== '' && named === '-') return",
      },
    ],
  },
  {
    name: 'sender-pays-himself',
    breaks: 'settlement §7.9: self_payment',
    edits: [
      {
        file: DECIDE,
        find: "  if (verified.fromId === verified.toId) return no('self_payment');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'rejected-by-review-goes-on',
    breaks: 'settlement §7.0: review_rejected',
    edits: [
      {
        file: 'bank/src/settlement/decide/index.ts',
        find: "if (docket.facts.orders.review === 'rejected') ",
        replace: "if (docket.facts.orders.review === 'rejected' && proved.kind === 'carried') ",
      },
    ],
  },
  {
    name: 'bundle-signature-not-verified',
    breaks: 'device-bundle §2: the registered key signed the payload',
    edits: [
      {
        file: 'protocol/src/device-bundle/push.ts',
        find: '&& (await verifier.verify(scheme, publicKey, payload, raw));',
        replace: '&& raw.length + scheme.length + publicKey.length + verifier.verify.length > 0;',
      },
    ],
  },
  {
    name: 'order-behind-any-carrier',
    breaks: 'device-bundle §7: an order means something only behind its own carrier',
    edits: [
      {
        file: 'bank/src/settlement/claims.ts',
        find: '  if (!equalBytes(carrier.payloadHash, payloadHash)) return misplaced(handed);\n',
        replace: '  if (payloadHash.length === 0) return misplaced(handed);\n',
      },
    ],
  },
  {
    name: 'one-local-id-twice',
    breaks: 'device-bundle §4: no local_id twice',
    edits: [
      {
        file: 'protocol/src/device-bundle/open.ts',
        find: 'ids.findIndex((id, i) => places.get(id) !== i)',
        replace: "ids.findIndex((id, i) => places.get(id) !== i && id === '')",
      },
    ],
  },
  {
    name: 'till-pays-its-own-tenant',
    breaks: 'settlement §7: a till’s order pays whom its receiver’s text named',
    edits: [
      {
        file: DECIDE,
        find: '  return { ok: true, terms: { ...terms, payeeWallet }, credit };',
        replace: '  return { ok: true, terms: { ...terms, payeeWallet: 1 }, credit };',
      },
    ],
  },
];
