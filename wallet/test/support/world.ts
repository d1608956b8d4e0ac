import { expect } from 'vitest';
import { createClient, toBase64url } from '@sikka/api';
import { encodePacket, fromHex, signDocument } from '@sikka/protocol';
import {
  createMemoryDisk,
  createMemoryKeystore,
  openMemoryStore,
} from '../../src/adapters/memory.ts';
import type { MemoryDisk } from '../../src/adapters/memory.ts';
import type { WalletParts } from '../../src/core/wallet.ts';
import type { HeldCredential } from '../../src/journal/state.ts';
import type { Keystore } from '../../src/keystore/keystore.ts';
import { openPayee } from '../../src/payee/index.ts';
import type { Payee } from '../../src/payee/index.ts';
import { openPayer } from '../../src/payer/index.ts';
import type { Payer } from '../../src/payer/index.ts';
import { BANK, createTestBank, PKR } from './test-bank.ts';
import type { TestBank } from './test-bank.ts';

/** One phone: its clock, its disk and its keys outlive the wallet opened on them. */
export interface Phone {
  readonly account: string;
  readonly clock: { now(): number; skew: number };
  readonly disk: MemoryDisk;
  readonly keystore: Keystore;
  readonly parts: WalletParts;
}

export async function createWorld() {
  const bank = await createTestBank();
  return {
    bank,
    phone: (account: string) => createPhone(bank, account),
    receiptBy,
    credentialPacket: ({ credential: document }: HeldCredential) =>
      toBase64url(encodePacket({ kind: 'document', document })),
    payer: async (account = 'ayesha', limitMinor = 500_000n) => {
      const phone = await createPhone(bank, account);
      const payer = await openPayerOn(phone);
      expect(await payer.enrol({ role: 'payer' })).toEqual({ ok: true });
      expect(await payer.requestAllowance(limitMinor)).toMatchObject({ ok: true });
      return { phone, payer };
    },
    payee: async (account = 'bilal') => {
      const phone = await createPhone(bank, account);
      const payee = await openPayeeOn(phone);
      expect(await payee.enrol({ role: 'payee' })).toEqual({ ok: true });
      return { phone, payee };
    },
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createPhone(bank: TestBank, account: string): Promise<Phone> {
  const clock = { skew: 0, now: () => bank.time.now + clock.skew };
  const disk = createMemoryDisk();
  const keystore = await createMemoryKeystore();
  const parts: WalletParts = {
    store: openMemoryStore(disk),
    keystore,
    client: clientOf(bank, account),
    bank: { id: BANK, account, currency: PKR },
    clock,
    random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  };
  return { account, clock, disk, keystore, parts };
}

export function clientOf(bank: Pick<TestBank, 'fetch'>, account: string) {
  return createClient({ baseUrl: 'http://bank.test', token: account, fetch: bank.fetch });
}

/** A place for a witness, to be looked at and put back as it was. */
export function createPlace() {
  const place = {
    value: undefined as Uint8Array | undefined,
    read: async () => place.value,
    write: async (value: Uint8Array) => void (place.value = value),
  };
  return place;
}

/** The wallet on this phone, opened as after a restart. */
export async function openPayerOn(phone: Phone, changes: Partial<WalletParts> = {}) {
  const parts = { ...phone.parts, store: openMemoryStore(phone.disk), ...changes };
  return expectOk(await openPayer(parts)).payer;
}

export async function openPayeeOn(phone: Phone, changes: Partial<WalletParts> = {}) {
  const parts = { ...phone.parts, store: openMemoryStore(phone.disk), ...changes };
  return expectOk(await openPayee(parts)).payee;
}

export function expectOk<T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> {
  if (!answer.ok) expect.fail(`refused: ${JSON.stringify(answer, bigintAsText)}`);
  return answer as Extract<T, { ok: true }>;
}

/** Request, payment, acceptance: what two people do. */
export async function exchange(payer: Payer, payee: Payee, amountMinor: bigint) {
  const request = expectOk(await payee.createRequest({ amountMinor }));
  const payment = expectOk(await payer.pay(request.text));
  const accepted = expectOk(await payee.accept(payment.text));
  return { request, payment, accepted };
}

/** A receipt that a payee's own key signs, whatever it says. */
async function receiptBy({ wallet }: Payee, paymentId: string, amountMinor: bigint) {
  const { enrolment } = await wallet.journal.read();
  const held = enrolment?.answer?.credential;
  const signer = await wallet.keystore.signer();
  if (held === undefined || signer === undefined) throw new Error('not enrolled as payee');
  const receipt = await signDocument(
    {
      type: 'receipt',
      paymentId: fromHex(paymentId),
      amountMinor,
      verdict: 'accepted',
      time: wallet.clock.now(),
      bulletinVersion: 0,
    },
    signer,
    held.credentialId,
  );
  return encodePacket({ kind: 'receipt', credential: held.credential, receipt });
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
