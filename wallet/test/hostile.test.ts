import {
  decodePacketOfKind,
  decodePayment,
  documentId,
  encodePacket,
  encodePayload,
  fromHex,
  hex,
  proveRun,
  twoWords,
  utf8,
  webCryptoVerifier,
} from '@sikka/protocol';
import type { Payment, PaymentPacket } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import type { Payer } from '../src/payer/index.ts';
import { createWorld, exchange, expectOk } from './support/world.ts';
import type { World } from './support/world.ts';

/** Rows of the formal check that concern what a phone gives away: to whom, and for how long. */

/** What the wallet signed: the thief learns of it only what his story says. */
async function signedBy(payer: Payer, paymentId: string): Promise<PaymentPacket> {
  const { given } = await payer.wallet.journal.read();
  const decoded = decodePayment(given.get(paymentId)!.packet.bytes);
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}

function idOf({ allowanceId, payment }: PaymentPacket, changes: Partial<Payment>): string {
  const { suite, fields } = payment;
  const payload = encodePayload({ ...fields, ...changes });
  return hex(documentId({ type: 'payment', suite, parentId: allowanceId }, payload));
}

/**
 * A shopkeeper was paid once, so he knows the allowance, its next sequence, the predecessor and
 * what is spent. He photographs what the same payer does in another shop. Of that payment he is
 * given everything but amount and salt, and he tries the salts that a careless wallet would use.
 */
async function formerPayee(world: World) {
  const { payer } = await world.payer();
  const { payee: thief } = await world.payee('chaudhry');
  const { payee } = await world.payee();
  const known = await signedBy(payer, (await exchange(payer, thief, 500n)).payment.paymentId);
  const request = expectOk(await payee.createRequest({ amountMinor: 7_770n }));
  const photographed = expectOk(await payer.pay(request.text));
  const truth = await signedBy(payer, photographed.paymentId);
  const { spentMinor, salt } = known.payment.fields;
  const candidate = (amountMinor: bigint, guess: Uint8Array): string =>
    idOf(truth, { amountMinor, spentMinor: spentMinor + amountMinor, salt: guess });
  const salts = [
    new Uint8Array(16),
    new Uint8Array(16).fill(255),
    salt,
    new Uint8Array(salt).fill(1),
  ];
  return { payer, payee, photographed, truth, candidate, salts };
}

describe('the salt hides a payment from who knows all its other fields', () => {
  it('05c 05d neither its amount nor its allowance is found by trying the id', async () => {
    const { photographed, truth, candidate, salts } = await formerPayee(await createWorld());
    const found = (tried: readonly Uint8Array[]): bigint | undefined => {
      for (let amountMinor = 7_700n; amountMinor < 7_800n; amountMinor++) {
        const hit = tried.some((salt) => candidate(amountMinor, salt) === photographed.paymentId);
        if (hit) return amountMinor;
      }
      return undefined;
    };
    expect(found(salts)).toBeUndefined();
    // Only the salt keeps it from him: with it he would have had the amount.
    expect(found([truth.payment.fields.salt])).toBe(7_770n);
  });

  it('05j nor are the two words known before the payee says them', async () => {
    const { photographed, truth, candidate, salts } = await formerPayee(await createWorld());
    const words = (salt: Uint8Array) => twoWords(fromHex(candidate(7_770n, salt))).join(' ');
    // By chance once in a million runs.
    for (const salt of salts) expect(words(salt)).not.toBe(photographed.twoWords.join(' '));
    expect(words(truth.payment.fields.salt)).toBe(photographed.twoWords.join(' '));
  });

  it('10a a payment that was never shown cannot be rebuilt and proved by the next', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    // Signed for the payee's request and not shown: the payee knows what he asked, and when.
    const first = expectOk(await payee.createRequest({ amountMinor: 500n }));
    const hidden = await signedBy(payer, expectOk(await payer.pay(first.text)).paymentId);
    const { payment } = await exchange(payer, payee, 20n);
    const next = await signedBy(payer, payment.paymentId);
    expect(hex(next.payment.fields.previous)).toBe(hex(hidden.paymentId));
    const proved = async (salt: Uint8Array) => {
      const [rebuilt] = await proveRun([rebuild(hidden, salt, next), next], {
        issuers: new Map(world.bank.issuers().map(({ key }) => [key.number, key])),
        verifier: webCryptoVerifier,
      });
      return rebuilt;
    };
    for (const salt of [new Uint8Array(16), next.payment.fields.salt]) {
      expect(await proved(salt)).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
    }
    // With the salt the chain would speak against the payer.
    expect(await proved(hidden.payment.fields.salt)).toMatchObject({ ok: true });
  });
});

/** The body of a payment with a guessed salt, and any signature at all beside it. */
function rebuild(hidden: PaymentPacket, salt: Uint8Array, next: PaymentPacket): PaymentPacket {
  const fields = { ...hidden.payment.fields, salt };
  const { suite, signature } = next.payment;
  const payment = { suite, fields, payload: encodePayload(fields), signature };
  const packet = encodePacket({ kind: 'payment', allowance: hidden.allowance, payment });
  const decoded = decodePayment(packet);
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}

describe('05h a till is stolen, and everything was recorded', () => {
  it('a paid request stays closed; what was paid for its printed code opens', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { phone, payee } = await world.payee();
    const { payment, request } = await exchange(payer, payee, 500n);
    const code = expectOk(await payee.printedCode());
    const printed = expectOk(await payer.pay(code.text, { amountMinor: 70n }));
    expect(expectOk(await payee.accept(printed.text)).verdict).toBe('accepted');

    const asked = decodePacketOfKind('request', request.packet);
    const shown = decodePacketOfKind('printed-code', code.packet);
    if (!asked.ok || !shown.ok) throw new Error('not what was shown');
    const keys = await phone.keystore.agreementKeys();
    const { requestId: bind } = asked.value;
    const askedKey = asked.value.request.fields.ecdhKey;
    expect(keys.map(hex)).not.toContain(hex(askedKey));
    for (const key of [askedKey, ...keys]) {
      const opened = await phone.keystore.open(key, payment.packet, bind);
      expect(opened).toMatchObject({ ok: false, code: 'sealed/open_failed' });
    }
    // The stated limit: a printed code's key lasts, so it has no forward secrecy.
    const lasting = shown.value.credential.fields.ecdhKey!;
    const opened = await phone.keystore.open(lasting, printed.packet, shown.value.credentialId);
    expect(opened).toMatchObject({ ok: true });
  });
});

describe('05i what payees and passers-by learn of a payer', () => {
  it('payees can compare allowance and key, and find no name, wallet or account', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const { payee: rival } = await world.payee('chaudhry');
    const one = await exchange(payer, payee, 500n);
    const two = await exchange(payer, rival, 300n);
    const [first, second] = [
      await signedBy(payer, one.payment.paymentId),
      await signedBy(payer, two.payment.paymentId),
    ];
    // The stated limit: under one allowance payments are linkable by those who were paid.
    expect(hex(second.allowanceId)).toBe(hex(first.allowanceId));
    const walletBytes = (account: string): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(world.bank.walletOf(account)));
      return bytes;
    };
    const shown = Buffer.from(first.bytes);
    expect(shown.includes(walletBytes('bilal'))).toBe(true);
    expect(shown.includes(walletBytes('ayesha'))).toBe(false);
    expect(shown.includes(Buffer.from(utf8('ayesha')))).toBe(false);
    // Whoever only sees the pictures finds no allowance and no key of the payer to compare.
    const traces = [first.allowanceId, first.allowance.fields.publicKey];
    for (const { request, payment, accepted } of [one, two]) {
      for (const picture of [request.packet, payment.packet, accepted.receipt]) {
        for (const trace of traces) {
          expect(Buffer.from(picture).includes(Buffer.from(trace))).toBe(false);
        }
      }
    }
  });
});

describe('13 a bulletin is withheld', () => {
  it('a till kept from it takes the revoked and is paid; once it comes, refuses', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const { allowances } = expectOk(await payer.state());
    world.bank.revoked.allowances.push(fromHex(allowances[0]!.allowanceId));
    await world.bank.issueBulletin();
    // The stated limit: offline nobody can know that there is a newer one.
    expect((await exchange(payer, payee, 40n)).accepted.verdict).toBe('accepted');
    const request = expectOk(await payee.createRequest({ amountMinor: 50n }));
    const late = expectOk(await payer.pay(request.text));
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 1, pending: 0 });
    expect([...world.bank.ledger.paid.values()]).toEqual([40n]);
    expect(await payee.accept(late.text)).toMatchObject({ code: 'allowance_revoked' });
  });
});
