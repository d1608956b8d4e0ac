import { PROBLEM_CODES } from '@sikka/api';
import {
  decodePacketOfKind,
  hex,
  verifyDocument,
  verifyProof,
  verifySettlement,
} from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as phones from './phone.ts';
import { startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const verifier = nodeVerifier();

async function issuers() {
  const set = ok(await running.client().getIssuerKeys());
  return new Map(
    set.keys.map(({ number, suite, public_key: key, from, until }) => [
      number,
      { number, suite, publicKey: phones.bytesOf(key), from, until },
    ]),
  );
}

function ok<T>(answer: { ok: true; value: T } | { ok: false; problem: { code: string } }): T {
  if (!answer.ok) throw new Error(answer.problem.code);
  return answer.value;
}

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await read();
    if (found !== undefined) return found;
    await pause(100);
  }
  throw new Error('It did not come.');
}

test('from loading to the proof of a double spend, by the typed client alone', async () => {
  const ayesha = running.client('ayesha');
  const bilal = running.client('bilal');
  const chaudhry = running.client('chaudhry');
  const shops = {
    bilal: ok(await bilal.listWallets()),
    chaudhry: ok(await chaudhry.listWallets()),
  };
  const shopOf = (wallets: (typeof shops)['bilal']) =>
    wallets.find(({ wallet_type: kind }) => kind === 'current')?.id ?? 0;

  // Load.
  const wallets = ok(await ayesha.listWallets());
  const current = wallets.find(({ wallet_type: kind }) => kind === 'current')!;
  const offline = wallets.find(({ wallet_type: kind }) => kind === 'offline')!;
  const order = {
    from_wallet_id: current.id,
    to_wallet_id: offline.id,
    amount: '2000.00',
    currency: 'PKR',
  };
  ok(await ayesha.createTransfer({ body: order, idempotencyKey: 'load-1' }));

  // Enrol both sides; the merchant's name is the bank's word.
  const payer = await phones.enrolled(ayesha, 'ayesha', 'payer');
  expect(payer.credential).toBeUndefined();
  const till = await phones.enrolled(bilal, 'bilal', 'payee');
  const credential = phones.credentialIn(till.credential ?? '');
  expect(credential.fields).toMatchObject({
    name: 'Bilal Kiryana Store',
    town: 'Chakwal',
    wallet: shopOf(shops.bilal),
    till: till.device.till,
    mode: 'dynamic',
  });
  const keys = await issuers();
  expect(await verifyDocument(credential, keys.get(1)!, verifier)).toBe(true);

  // Reserve.
  const challenge = await phones.challengeFor(ayesha, 'allowance');
  const request = await phones.allowanceRequestOf(payer.phone, {
    account: 'ayesha',
    challenge,
    amountMinor: 100_000n,
  });
  const issued = await ayesha.createAllowance({ body: { request } });
  expect(issued).toMatchObject({ ok: true, status: 201, value: { limit: '1000.00', head: null } });
  const again = await ayesha.createAllowance({ body: { request } });
  expect(again).toMatchObject({ ok: true, status: 200, value: ok(issued) });
  expect(ok(await ayesha.getWallet({ params: { wallet_id: offline.id } }))).toMatchObject({
    balance: '2000.00',
    reserved: '1000.00',
    available: '1000.00',
  });
  const held = phones.heldOf(ok(issued).packet);

  // Pay one shop, and sign the same sequence for another.
  const first = { sequence: 1, amountMinor: 30_000n, spentMinor: 30_000n, previous: held.id };
  const honest = await phones.paymentOf(payer.phone, held, {
    ...first,
    payeeWallet: shopOf(shops.bilal),
  });
  const forked = await phones.paymentOf(payer.phone, held, {
    ...first,
    payeeWallet: shopOf(shops.chaudhry),
  });
  const handed = ok(await bilal.handInDocuments({ body: phones.batchOf(honest.packet) }));
  expect(handed.outcomes).toMatchObject([
    { result: 'settled', payment_id: honest.idText, amount: '300.00', currency: 'PKR' },
  ]);
  const receipt = decodePacketOfKind('document', phones.bytesOf(handed.upload_receipt));
  expect(receipt).toMatchObject({
    ok: true,
    value: { document: { fields: { type: 'upload-receipt', uploader: 'bilal' } } },
  });

  // The other side hands in the same: the same answer, and money moved once.
  const sameFromPayer = ok(await ayesha.handInDocuments({ body: phones.batchOf(honest.packet) }));
  expect(sameFromPayer.outcomes).toEqual(handed.outcomes);
  expect(ok(await bilal.getMe()).totalBalance).toBe('1300.00');
  expect(ok(await ayesha.listAllowances()).allowances).toMatchObject([
    { settled: '300.00', head: { sequence: 1, spent: '300.00', payment_id: honest.idText } },
  ]);

  // A receipt that anybody can check.
  const params = { payment_id: honest.idText };
  const settlement = await until(async () => {
    const answer = await ayesha.getPaymentReceipt({ params });
    return answer.ok ? answer.value.packet : undefined;
  });
  expect(
    await verifySettlement(phones.bytesOf(settlement), { issuers: keys, verifier }),
  ).toMatchObject({ ok: true });

  // It is nobody else's business, except the bank's own people's.
  for (const [who, code] of [
    ['chaudhry', 'payment/not_found'],
    ['operator', undefined],
  ] as const) {
    const client = running.client(who);
    const answers = [
      await client.getPayment({ params }),
      await client.getPaymentReceipt({ params }),
    ];
    for (const answer of answers) expect(answer.ok ? undefined : answer.problem.code).toBe(code);
  }

  // The cheat: refused with a proof that anybody can fetch and check; the account is frozen.
  const cheat = ok(await chaudhry.handInDocuments({ body: phones.batchOf(forked.packet) }));
  expect(cheat.outcomes).toMatchObject([{ result: 'rejected', code: 'double_spend' }]);
  const proofId = cheat.outcomes[0]?.proof_id ?? '';
  const proof = await running.fetch(`/api/v1/proofs/${proofId}`);
  expect(proof.headers.get('content-type')).toBe('application/cbor');
  const proofBytes = new Uint8Array(await proof.arrayBuffer());
  expect(await verifyProof(proofBytes, { issuers: keys, verifier })).toMatchObject({
    ok: true,
    value: { verdict: 'double_spend' },
  });
  expect(await ayesha.createTransfer({ body: order })).toMatchObject({
    ok: false,
    problem: { code: 'auth/account_blocked', status: 403, detail: { code: 'ACCOUNT_BLOCKED' } },
  });
  expect(await ayesha.getMe()).toMatchObject({
    ok: false,
    problem: { detail: { fraud_review_pending: true } },
  });
  const desk = ok(await running.client('operator').listProofs());
  expect(desk.proofs).toMatchObject([{ proof_id: proofId, account: 'ayesha' }]);

  // The next bulletin says so.
  const revoked = await until(async () => {
    const bulletin = ok(await running.client().getLatestBulletin());
    const decoded = decodePacketOfKind('document', phones.bytesOf(bulletin.packet));
    const fields = decoded.ok ? decoded.value.document.fields : undefined;
    if (fields?.type !== 'bulletin' || fields.revokedDevices.length === 0) return undefined;
    return fields;
  });
  expect(revoked.revokedAllowances.map(hex)).toEqual([hex(held.id)]);
  expect(revoked.revokedDevices.map(hex)).toEqual([hex(payer.phone.keyHash)]);
}, 120_000);

test('the log’s checkpoints and their consistency are there for anybody', async () => {
  const client = running.client();
  const latest = await until(async () => {
    const answer = await client.getLatestCheckpoint();
    return answer.ok && answer.value.log_size > 0 ? answer.value : undefined;
  });
  const page = ok(await client.listCheckpoints({ query: { from: 1, limit: 1 } }));
  expect(page.checkpoints).toHaveLength(1);
  const path = ok(await client.getConsistency({ query: { first: 1, second: latest.log_size } }));
  expect(path.path).toEqual([]);
  expect(await client.getConsistency({ query: { first: 9, second: 2 } })).toMatchObject({
    problem: { code: 'log/range_invalid', status: PROBLEM_CODES['log/range_invalid'].status },
  });
});
