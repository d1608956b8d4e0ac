import { randomBytes } from 'node:crypto';
import {
  documentId,
  encodePacket,
  hex,
  signDocument,
  verifyProof,
  walletNumberWithCheckDigit,
} from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { settledAt } from './settled-at.ts';
import type { Device, IssuedAllowance, Person, SignedPayment, Town } from './town.ts';
import { createTown, DAY, issuersOf, journal, receiveAt, said, START, USD } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let device: Device;
let shop: Person;
let dollars: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 100_000_000 });
  device = await town.device(payer);
  shop = await town.person({ offline: 0 });
  dollars = await town.person({ currency: USD, offline: 0 });
});
afterAll(() => db.drop());

interface Scene {
  readonly allowance: IssuedAllowance;
  /** Sequence 2 of 20, settled: the neighbour of what is judged. */
  readonly settled: SignedPayment;
  readonly first: SignedPayment;
}

async function scene(): Promise<Scene> {
  const fresh = await town.device(payer);
  const allowance = await town.allowance(fresh, { limit: 1_000, perPayment: 400, count: 20 });
  const [first, settled] = await journal(town, allowance, [
    { amount: 100, payee: shop.current.number },
    { amount: 100, payee: shop.current.number },
  ]);
  const outcomes = await town.hand([first!.packet, settled!.packet]);
  expect(outcomes.map(said)).toEqual(['settled', 'settled']);
  return { allowance, first: first!, settled: settled! };
}

/** One row per code in the order of precedence: each also breaks every later rule it can. */
const rows: readonly {
  readonly code: string;
  readonly about: string;
  /** Refusals about the bytes leave the payment's id free. */
  readonly occupies: boolean;
  readonly proof?: boolean;
  readonly make: (scene: Scene) => Promise<Uint8Array>;
}[] = [
  {
    code: 'too_large',
    about: 'a packet of 4,097 bytes',
    occupies: false,
    make: async () => new Uint8Array(4_097).fill(0x82, 0, 1),
  },
  {
    code: 'malformed',
    about: 'not CBOR',
    occupies: false,
    make: async () => new Uint8Array(randomBytes(300)).fill(0xff, 0, 8),
  },
  {
    code: 'not_canonical',
    about: 'a head longer than it needs',
    occupies: false,
    make: async ({ settled }) =>
      new Uint8Array([0x98, settled.packet[0]! - 0x80, ...settled.packet.subarray(1)]),
  },
  {
    code: 'not_accepted_here',
    about: 'a lone allowance',
    occupies: false,
    make: async ({ allowance }) => encodePacket({ kind: 'document', document: allowance.document }),
  },
  {
    code: 'issuer_unknown',
    about: 'an issuer key that the bank does not have',
    occupies: false,
    make: ({ allowance }) => underOtherTerms(allowance, { issuerKey: 99 }),
  },
  {
    code: 'issuer_signature_invalid',
    about: 'an allowance signed by the payer himself',
    occupies: false,
    make: ({ allowance }) => underOtherTerms(allowance, { limitMinor: 99_999n }, 'payer'),
  },
  {
    code: 'allowance_unknown',
    about: 'an allowance signed by the stolen issuer key, never reserved',
    occupies: false,
    make: ({ allowance }) => underOtherTerms(allowance, { limitMinor: 99_999n }),
  },
  {
    code: 'payer_signature_invalid',
    about: 'a payment with one byte of its signature changed',
    occupies: false,
    make: async ({ allowance, settled }) => {
      const { packet } = await next(allowance, settled);
      return packet.map((byte, index) => (index === packet.length - 1 ? byte ^ 1 : byte));
    },
  },
  {
    code: 'double_spend',
    about: 'another payment of the same sequence, to nobody, of nothing, late',
    occupies: true,
    proof: true,
    make: ({ allowance, first }) =>
      pay(allowance, { sequence: 2, amount: 0, spent: 5_000, previous: first.id, payee: nobody() }),
  },
  {
    code: 'contradiction',
    about: 'totals that do not add up with the one before',
    occupies: true,
    proof: true,
    make: ({ allowance, settled }) =>
      pay(allowance, { sequence: 3, amount: 0, spent: 100, previous: settled.id, payee: nobody() }),
  },
  {
    code: 'wrong_payee',
    about: 'a wallet that is not there, another currency, over everything',
    occupies: true,
    make: ({ allowance, settled }) =>
      pay(allowance, {
        sequence: 3,
        amount: 2_000,
        spent: 2_200,
        previous: settled.id,
        payee: nobody(),
        currency: USD,
      }),
  },
  {
    code: 'wrong_currency',
    about: 'a payee of another currency',
    occupies: true,
    make: ({ allowance, settled }) =>
      pay(allowance, after(settled, { amount: 0, payee: dollars.current.number })),
  },
  {
    code: 'wrong_currency',
    about: 'a payment in another currency than its allowance',
    occupies: true,
    make: ({ allowance, settled }) =>
      pay(allowance, {
        ...after(settled, { amount: 10, payee: dollars.current.number }),
        currency: USD,
      }),
  },
  {
    code: 'amount_zero',
    about: 'nothing is paid',
    occupies: true,
    make: ({ allowance, settled }) =>
      pay(allowance, after(settled, { amount: 0, payee: shop.current.number })),
  },
  {
    code: 'over_per_payment',
    about: 'one minor unit more than a payment may be',
    occupies: true,
    make: ({ allowance, settled }) =>
      pay(allowance, after(settled, { amount: 401, payee: shop.current.number })),
  },
  {
    code: 'over_limit',
    about: 'one minor unit more spent than reserved',
    occupies: true,
    make: ({ allowance }) =>
      pay(allowance, {
        sequence: 4,
        amount: 400,
        spent: 1_001,
        previous: anyId(),
        payee: shop.current.number,
      }),
  },
  {
    code: 'over_count',
    about: 'a sequence after the last',
    occupies: true,
    make: ({ allowance }) =>
      pay(allowance, {
        sequence: 21,
        amount: 100,
        spent: 900,
        previous: anyId(),
        payee: shop.current.number,
      }),
  },
  {
    code: 'totals_inconsistent',
    about: 'a later payment that says nothing was spent before',
    occupies: true,
    make: async () => {
      const fresh = await town.allowance(device, { limit: 1_000, count: 20 });
      return pay(fresh, {
        sequence: 3,
        amount: 100,
        spent: 100,
        previous: anyId(),
        payee: shop.current.number,
      });
    },
  },
];

async function underOtherTerms(
  allowance: IssuedAllowance,
  change: object,
  by: 'bank' | 'payer' = 'bank',
): Promise<Uint8Array> {
  const fields = { ...allowance.document.fields, ...change };
  const document = await signDocument(
    fields,
    by === 'bank' ? town.issuer : allowance.device.signer,
  );
  const id = documentId({ type: 'allowance', suite: document.suite }, document.payload);
  const other = { ...allowance, id, document };
  return pay(other, { sequence: 1, amount: 9, spent: 9, previous: id, payee: shop.current.number });
}

async function pay(
  allowance: IssuedAllowance,
  fields: Parameters<Town['sign']>[1],
): Promise<Uint8Array> {
  return (await town.sign(allowance, fields)).packet;
}

function after(
  { sequence, spent, id }: SignedPayment,
  { amount, payee }: { readonly amount: number; readonly payee: number },
) {
  return { sequence: sequence + 1, amount, spent: spent + amount, previous: id, payee };
}

function next(allowance: IssuedAllowance, settled: SignedPayment): Promise<SignedPayment> {
  return town.sign(allowance, after(settled, { amount: 10, payee: shop.current.number }));
}

/** A well-formed number that no wallet has. */
function nobody(): number {
  return walletNumberWithCheckDigit(99_999_999_999);
}

const anyId = () => new Uint8Array(randomBytes(32));

describe('every code, in the order of precedence', () => {
  test.each(rows)('$code: $about', async ({ code, occupies, proof = false, make }) => {
    const before = await scene();
    const packet = await make(before);
    const money = await town.balance(shop.current.ledgerAccount);
    const [outcome] = await town.hand([packet]);
    expect(said(outcome!)).toBe(code);
    expect(outcome!.proofId !== undefined).toBe(proof);
    expect(outcome!.documentId !== undefined).toBe(occupies);
    expect(await town.balance(shop.current.ledgerAccount)).toBe(money);
    await town.checkMoney();

    // The same answer for ever, also to other bytes that hold the same document.
    const [again, copy] = await town.hand([packet, packet]);
    expect([again, copy]).toEqual([outcome, outcome]);
    if (proof) await expectProof(outcome!.proofId!, code);
  });

  test('claim_window_closed: one second after the end; in time at the end', async () => {
    const claimUntil = START + 2 * DAY;
    const allowance = await town.allowance(device, { until: START + DAY, claimUntil });
    const [one, two] = await journal(town, allowance, [
      { amount: 10, payee: shop.current.number },
      { amount: 10, payee: shop.current.number },
    ]);
    const inTime = await receiveAt(town, claimUntil, [one!.packet]);
    expect((await town.settlement.settle(inTime)).map(said)).toEqual(['settled']);
    const late = await receiveAt(town, claimUntil + 1, [two!.packet]);
    const [refused] = await town.settlement.settle(late);
    expect(said(refused!)).toBe('claim_window_closed');
    expect(await town.settlement.settle(late)).toEqual([refused]);
    expect((await town.hand([two!.packet, one!.packet])).map(said)).toEqual([
      'claim_window_closed',
      'settled',
    ]);
    // It may pass: another upload of the same payment had come in time.
    const other = await receiveAt(town, claimUntil, [two!.packet, one!.packet, two!.packet]);
    const all = await town.settlement.settle(other);
    expect(all.map(said)).toEqual(['settled', 'settled', 'settled']);
    expect(await town.settlement.settle(late)).toEqual([all[0]]);
  });

  test('settled: with everything that the answer says', async () => {
    const { allowance, settled } = await scene();
    const { packet, id } = await next(allowance, settled);
    const [outcome] = await town.hand([packet]);
    expect(outcome).toEqual({
      kind: 'payment',
      result: 'settled',
      code: 'acceptable',
      documentId: id,
      paymentId: id,
      amountMinor: 10n,
      currency: 586,
      payeeWallet: shop.current.number,
      settledAt: await settledAt(db, id),
      extra: false,
      proofId: undefined,
    });
  });
});

async function expectProof(id: Uint8Array, verdict: string): Promise<void> {
  const kept = await town.settlement.findProof(id);
  const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
  const proof = await verifyProof(kept!.packet, trust);
  expect(proof).toMatchObject({ ok: true, value: { verdict } });
  expect(kept!.verdict).toBe(verdict);
  const { rows: states } = await db.ownerPool.query<{ who: string }>(
    `select concat_ws('/', s.status, d.status, a.status, s.revoked_at is not null) as who
      from allowance_states as s, devices as d, accounts as a
      where s.no = $1 and d.no = $2 and a.id = $3`,
    [kept!.allowanceNo, kept!.deviceNo, kept!.accountId],
  );
  expect(states).toEqual([{ who: 'revoked/revoked/review/t' }]);
  const { rows: audited } = await db.ownerPool.query(
    `select 1 from audit_events as e join audit_pending as p on p.event_id = e.id
      where action = 'settlement.equivocation_proved' and details like '%' || $1 || '%'`,
    [hex(id)],
  );
  expect(audited).toHaveLength(1);
}

test('whatever wallet of his a payee names, he is paid in his current wallet', async () => {
  const { allowance, settled } = await scene();
  const before = await town.balance(shop.current.ledgerAccount);
  const payee = shop.offline.number;
  const packet = await pay(allowance, after(settled, { amount: 10, payee }));
  expect(await town.hand([packet])).toMatchObject([{ result: 'settled', payeeWallet: payee }]);
  expect(await town.balance(shop.current.ledgerAccount)).toBe(before + 10n);
});

test('malformed items in a good batch get their code, the others settle', async () => {
  const { allowance, settled } = await scene();
  const third = await next(allowance, settled);
  const fourth = await next(allowance, third);
  const outcomes = await town.hand([
    new Uint8Array(0),
    third.packet,
    new Uint8Array([0xf6]),
    third.packet.subarray(0, 100),
    fourth.packet,
    new Uint8Array(5_000),
  ]);
  expect(outcomes.map(said)).toEqual([
    'malformed',
    'settled',
    'not_canonical',
    'malformed',
    'settled',
    'too_large',
  ]);
});

test('a forged signature cannot occupy an id', async () => {
  const { allowance, settled } = await scene();
  const { packet, id } = await next(allowance, settled);
  const forged = packet.map((byte, index) => (index === packet.length - 1 ? byte ^ 1 : byte));
  expect((await town.hand([forged])).map(said)).toEqual(['payer_signature_invalid']);
  expect(await town.settlement.findPayment(id)).toBeUndefined();
  // In one batch too, on either side of the true one.
  expect((await town.hand([forged, packet, forged])).map(said)).toEqual([
    'payer_signature_invalid',
    'settled',
    'payer_signature_invalid',
  ]);
  // And beside a settled one it is still refused, also when asked again.
  const batch = [forged, packet];
  expect((await town.hand(batch)).map(said)).toEqual(['payer_signature_invalid', 'settled']);
  expect((await town.hand(batch)).map(said)).toEqual(['payer_signature_invalid', 'settled']);
  expect((await town.settlement.findPayment(id))?.outcome.result).toBe('settled');
});
