import { openBundleCarrier, proveBundleCarrier, proveLedgerEntry } from '@sikka/protocol';
import { keyHash } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner, nodeVerifier } from '@sikka/protocol/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../../src/settlement/index.ts';
import type { Facts, Proved } from '../../src/settlement/index.ts';
import { keyOf } from '../../src/settlement/keys.ts';
import type { KnownTill, LedgerSender, OrderFacts } from '../../src/settlement/orders.ts';
import { NO_ORDER_FACTS } from '../../src/settlement/orders.ts';
import type { EntryFields, LedgerPerson } from './order-town.ts';
import { carrierOf, signEntry } from './order-town.ts';
import type { Person } from './town.ts';
import { PKR, said, USD } from './town.ts';

/** The rules of spec/settlement.md §7 in order: each row breaks its own rule and all later. */
const NOW = 1_800_000_000;
const [LIMIT, FLOAT, PAYEE] = [11n, 12n, 13n];
const SHOP = 9;

const NOTHING: Omit<Facts, 'funds' | 'orders' | 'rejections' | 'wallets'> = {
  allowances: new Map(),
  returns: new Map(),
  refunds: new Map(),
  refunded: new Map(),
  payers: new Map(),
  keys: {
    payers: new Map(),
    keys: new Map(),
    taken: new Map(),
    settled: new Map(),
    refusedBefore: new Set(),
  },
};

function decideAlone(proved: Proved, facts: Partial<Facts>, orders: Partial<OrderFacts>) {
  const decision = decide(
    [proved],
    {
      ...NOTHING,
      funds: new Map([
        [LIMIT, 5_000n],
        [FLOAT, 5_000n],
      ]),
      rejections: new Map(),
      wallets: new Map([[SHOP, { number: SHOP, accounts: new Map([[PKR, PAYEE]]) }]]),
      ...facts,
      orders: { ...NO_ORDER_FACTS, ...orders },
    },
    { uploadId: 1n, receivedAt: NOW, decidedAt: NOW },
  );
  const [answer] = decision.answers;
  const [rejected] = decision.rejected;
  return {
    said: said(answer!.outcome),
    forever: rejected?.documentId !== undefined,
    takes: decision.ordered.length === 1,
    settles: decision.settledOrders.length === 1,
  };
}

const handed = { item: { place: 0, at: 1, bytes: new Uint8Array(1) }, sha256: new Uint8Array(32) };
const broke = { funds: new Map([[LIMIT, 4_999n] as const, [FLOAT, 4_999n] as const]) };
const otherContent = { documentId: new Uint8Array(32), content: new Uint8Array(32) };

async function someone(userId: string): Promise<LedgerPerson> {
  const signer = nodeSigner('ES256', (await generateNodeSigningKey('ES256')).privateKey);
  return { no: 1n, userId, signer, person: {} as Person, limit: LIMIT, walletId: 'W' };
}

describe('a ledger’s transaction', () => {
  let from: LedgerPerson;
  let to: LedgerPerson;
  const texts = new Map<string, Extract<Proved, { kind: 'ledger_entry' }>>();

  beforeAll(async () => {
    from = await someone('ali');
    to = await someone('shop');
    const forms: Readonly<Record<string, EntryFields>> = {
      good: {},
      exact: { walletId: 'W' },
      inexact: { amount: '0.001' },
      self: { amount: '0.001', toId: 'ali' },
      mismatch: { amount: '0.001', toId: 'ali', walletId: 'other' },
    };
    for (const [name, fields] of Object.entries(forms)) {
      const { transaction } = await signEntry(from, to, { txnId: 'T', ...fields });
      const proved = await proveLedgerEntry(transaction, from.signer.publicKey, nodeVerifier());
      if (!proved.ok) throw new Error(proved.detail);
      texts.set(name, { ...handed, kind: 'ledger_entry', verified: proved.value });
    }
  });

  const sender = (changes: Partial<LedgerSender> = {}): OrderFacts['senders'] => {
    const keyId = keyHash('ES256', from.signer.publicKey);
    const limit = { walletId: 'W', account: LIMIT, currency: PKR };
    return new Map([['ali', { no: 1n, keyId, limit, approved: true, ...changes }]]);
  };
  const receivers = (approved: boolean, currency: number): OrderFacts['receivers'] =>
    new Map(
      ['ali', 'shop'].map((id) => [
        id,
        { approved, wallets: new Map([[currency, { number: SHOP, account: PAYEE }]]) },
      ]),
    );
  const conflict = () => ({ taken: new Map([['ledger_entry:1:T', otherContent]]) });
  const answered = (text: string): Partial<Facts> => {
    const { paymentId: documentId } = texts.get(text)!.verified;
    const rejection = { documentId, code: 'wrong_currency', proofId: undefined } as const;
    const kept = { ...rejection, kind: 'ledger_entry', sha256: handed.sha256 } as const;
    return { rejections: new Map([[keyOf(documentId), kept]]) };
  };
  const strange = { keyId: new Uint8Array(32), approved: false };

  test.each<[string, string, () => Partial<Facts>, () => Partial<OrderFacts>, object]>([
    [
      'review_rejected',
      'mismatch',
      () => ({ ...broke, ...answered('mismatch') }),
      () => ({ review: 'rejected', ...conflict(), senders: sender(strange) }),
      { forever: false, takes: false },
    ],
    [
      'wrong_currency',
      'mismatch',
      () => ({ ...broke, ...answered('mismatch') }),
      () => ({ ...conflict(), senders: sender(strange) }),
      { takes: false },
    ],
    [
      'order_conflict',
      'mismatch',
      () => broke,
      () => ({ ...conflict(), senders: sender(strange) }),
      { forever: true, takes: false },
    ],
    [
      'order_key_unknown',
      'mismatch',
      () => broke,
      () => ({ senders: sender(strange) }),
      { forever: false, takes: false },
    ],
    [
      'limit_wallet_inactive',
      'mismatch',
      () => broke,
      () => ({ senders: sender({ approved: false }) }),
      { forever: false, takes: false },
    ],
    [
      'payer_mismatch',
      'mismatch',
      () => broke,
      () => ({ senders: sender() }),
      { forever: true, takes: false },
    ],
    [
      'payee_unknown',
      'self',
      () => broke,
      () => ({ senders: sender(), receivers: receivers(false, USD) }),
      { forever: false, takes: false },
    ],
    [
      'self_payment',
      'self',
      () => broke,
      () => ({ senders: sender(), receivers: receivers(true, USD) }),
      { forever: true, takes: false },
    ],
    [
      'amount_invalid',
      'inexact',
      () => broke,
      () => ({ senders: sender(), receivers: receivers(true, USD) }),
      { forever: true, takes: false },
    ],
    [
      'wrong_currency',
      'good',
      () => broke,
      () => ({ senders: sender(), receivers: receivers(true, USD) }),
      { forever: true, takes: true },
    ],
    [
      'insufficient_funds',
      'good',
      () => broke,
      () => ({ senders: sender(), receivers: receivers(true, PKR) }),
      { forever: false, takes: true },
    ],
    [
      'settled',
      'exact',
      () => ({}),
      () => ({ senders: sender(), receivers: receivers(true, PKR) }),
      { settles: true, takes: true },
    ],
  ])('%s, of the text %s', (code, text, facts, orders, kept) => {
    expect(decideAlone(texts.get(text)!, facts(), orders())).toMatchObject({ said: code, ...kept });
  });

  test.each([
    ['no limit wallet', { limit: undefined }],
    ['one that is not approved', { approved: false }],
  ])('is refused with %s, and passes later', (_, changes) => {
    const orders = { senders: sender(changes), receivers: receivers(true, PKR) };
    expect(decideAlone(texts.get('good')!, {}, orders)).toMatchObject({
      said: 'limit_wallet_inactive',
      forever: false,
    });
  });
});

describe('a till’s order', () => {
  let proved: Extract<Proved, { kind: 'device_transaction' }>;

  beforeAll(async () => {
    const signer = nodeSigner('ES256', (await generateNodeSigningKey('ES256')).privateKey);
    const carrier = await carrierOf({ deviceId: 'TILL', signer }, [{ localId: 'L' }]);
    const opened = await openBundleCarrier(carrier);
    if (!opened.ok) throw new Error(opened.detail);
    const key = {
      scheme: 'ECDSA-P256',
      publicKey: signer.publicKey,
      id: keyHash('ES256', signer.publicKey),
    } as const;
    const verified = await proveBundleCarrier(opened.value, key, nodeVerifier());
    if (!verified.ok) throw new Error(verified.detail);
    proved = { ...handed, kind: 'device_transaction', verified: verified.value[0]! };
  });

  const till = (changes: Partial<KnownTill> = {}): OrderFacts['tills'] => {
    const { keyId } = proved.verified.authority;
    const floats = new Map([[PKR, FLOAT]]);
    return new Map([['TILL', { no: 2n, keyId, status: 'active', floats, ...changes }]]);
  };
  const taken = (changes: object = {}): Pick<OrderFacts, 'transactions'> => {
    const { documentId, payloadHash, content } = proved.verified;
    const whole = { bundle: 3n, payloadHash, cleared: true, content, own: true, payeeWallet: SHOP };
    return { transactions: new Map([[keyOf(documentId), { ...whole, ...changes }]]) };
  };
  const answered = (): Partial<Facts> => {
    const { documentId } = proved.verified;
    const rejection = { documentId, code: 'payment_missing', proofId: undefined } as const;
    const kept = { ...rejection, kind: 'device_transaction', sha256: handed.sha256 } as const;
    return { rejections: new Map([[keyOf(documentId), kept]]) };
  };
  const strange = { keyId: new Uint8Array(32), active: false };
  const nowhere = { own: false, payeeWallet: undefined };
  const conflict = { taken: new Map([['device_transaction:2:L', otherContent]]) };
  const unpaid = { ...broke, wallets: new Map() };

  test.each<[string, string, () => Partial<Facts>, () => Partial<OrderFacts>, object]>([
    [
      'review_rejected',
      'of its own bundle',
      () => ({ ...unpaid, ...answered() }),
      () => ({ review: 'rejected', tills: till(strange), ...taken(nowhere) }),
      { forever: true, takes: false },
    ],
    [
      'review_rejected',
      'of another bundle',
      () => unpaid,
      () => ({ review: 'rejected', tills: till(), ...taken({ payloadHash: new Uint8Array(32) }) }),
      { forever: false, takes: false },
    ],
    [
      'order_conflict',
      'its number settled otherwise',
      () => ({ ...unpaid, ...answered() }),
      () => ({ ...conflict, tills: till(strange), ...taken({ ...nowhere, cleared: false }) }),
      { forever: false, takes: false },
    ],
    [
      'order_conflict',
      'taken in with other content',
      () => ({ ...unpaid, ...answered() }),
      () => ({ tills: till(strange), ...taken({ content: new Uint8Array(32) }) }),
      { forever: false, takes: false },
    ],
    [
      'payment_missing',
      'its first answer',
      () => ({ ...unpaid, ...answered() }),
      () => ({ tills: till(strange), ...taken({ cleared: false }) }),
      { takes: false },
    ],
    [
      'order_key_unknown',
      'another key is registered',
      () => unpaid,
      () => ({ tills: till(strange), ...taken({ ...nowhere, cleared: false }) }),
      { forever: false, takes: false },
    ],
    [
      'bundle_not_cleared',
      'held',
      () => unpaid,
      () => ({ tills: till({ status: 'suspended' }), ...taken({ ...nowhere, cleared: false }) }),
      { forever: false, takes: false },
    ],
    [
      'bundle_not_cleared',
      'no row of any intake',
      () => unpaid,
      () => ({ tills: till({ status: 'suspended' }) }),
      { forever: false, takes: false },
    ],
    [
      'bundle_not_cleared',
      'a row of another bundle',
      () => unpaid,
      () => ({ tills: till(), ...taken({ ...nowhere, payloadHash: new Uint8Array(32) }) }),
      { forever: false, takes: false },
    ],
    [
      'device_not_active',
      'suspended since',
      () => unpaid,
      () => ({ tills: till({ status: 'suspended' }), ...taken(nowhere) }),
      { forever: false, takes: true },
    ],
    [
      'device_revoked',
      'revoked since, and that is for ever',
      () => unpaid,
      () => ({ tills: till({ status: 'revoked' }), ...taken(nowhere) }),
      { forever: true, takes: true },
    ],
    [
      'payment_missing',
      'somebody else’s money',
      () => unpaid,
      () => ({ tills: till(), ...taken(nowhere) }),
      { forever: true, takes: true },
    ],
    [
      'payee_unknown',
      'nobody named',
      () => unpaid,
      () => ({ tills: till(), ...taken({ payeeWallet: undefined }) }),
      { forever: false, takes: true },
    ],
    [
      'wrong_currency',
      'no wallet for it',
      () => unpaid,
      () => ({ tills: till(), ...taken() }),
      { forever: true, takes: true },
    ],
    [
      'insufficient_funds',
      'the float is short',
      () => broke,
      () => ({ tills: till(), ...taken() }),
      { forever: false, takes: true },
    ],
    [
      'insufficient_funds',
      'no float in that currency yet',
      () => ({}),
      () => ({ tills: till({ floats: new Map() }), ...taken() }),
      { forever: false, takes: false },
    ],
    [
      'settled',
      'cleared, active, its own',
      () => ({}),
      () => ({ tills: till(), ...taken() }),
      { settles: true, takes: true },
    ],
  ])('%s: %s', (code, _, facts, orders, kept) => {
    expect(decideAlone(proved, facts(), orders())).toMatchObject({ said: code, ...kept });
  });
});
