import { hex } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { createMemoryDisk, createMemoryKeystore, openMemoryStore } from '../src/adapters/memory.ts';
import type { JournalEvent } from '../src/journal/entries.ts';
import { decodeEntry, encodeEntry } from '../src/journal/entry-codec.ts';
import { openJournal } from '../src/journal/journal.ts';
import { createWorld, exchange, expectOk, openPayeeOn, openPayerOn } from './support/world.ts';

const damaged = { code: 'wallet/store_damaged' };
const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill);

const EVENTS: readonly JournalEvent[] = [
  { type: 'created', nonce: bytes(1, 8) },
  { type: 'enrolment-sent', role: 'both', packet: bytes(2) },
  {
    type: 'enrolled',
    till: 4711,
    credential: undefined,
    issuerKeys: [{ number: 1, suite: 'EdDSA', publicKey: bytes(3), from: 1, until: 2 }],
  },
  { type: 'enrolled', till: 1, credential: bytes(9), issuerKeys: [] },
  { type: 'allowance-requested', nonce: bytes(4, 8), packet: bytes(5) },
  { type: 'allowance-refused', nonce: bytes(4, 8) },
  { type: 'allowance-received', packet: bytes(6) },
  { type: 'paid', packet: bytes(7), shown: bytes(8), request: bytes(9) },
  { type: 'receipt-received', packet: bytes(10) },
  { type: 'withheld', paymentId: bytes(11) },
  { type: 'returned', packet: bytes(12) },
  { type: 'request-created', packet: bytes(13) },
  { type: 'requests-expired', requestIds: [bytes(14), bytes(15)] },
  { type: 'code-printed', packet: bytes(16) },
  { type: 'accepted', packet: bytes(17), shownHash: bytes(18), receipt: bytes(19) },
  { type: 'refunded', packet: bytes(20) },
  { type: 'contradicted', packet: bytes(21) },
  {
    type: 'handed-in',
    uploadReceipt: bytes(22),
    outcomes: [
      { documentId: bytes(1), result: 'settled', code: undefined, proofId: undefined, extra: true },
      { documentId: bytes(2), result: 'rejected', code: 'x', proofId: bytes(3), extra: false },
    ],
  },
  { type: 'rolled-back', allowanceId: bytes(23), sequence: 7, paymentId: bytes(24) },
  { type: 'behind-witness' },
];

describe('a journal entry', () => {
  it('of every kind comes back as it was', () => {
    for (const event of EVENTS) {
      expect(decodeEntry(encodeEntry({ at: 1_800_000_000, event }))).toEqual({
        at: 1_800_000_000,
        event,
      });
    }
  });

  it('cut, lengthened or changed in kind does not decode', () => {
    for (const event of EVENTS) {
      const entry = encodeEntry({ at: 5, event });
      for (const broken of [
        entry.slice(0, -1),
        Uint8Array.of(...entry, 0),
        Uint8Array.of((entry[0] ?? 0) + 1, ...entry.slice(1), 0),
        Uint8Array.of(entry[0] ?? 0, 2, ...entry.slice(2)),
        Uint8Array.of(entry[0] ?? 0, 1, 0x17, ...entry.slice(3)),
      ]) {
        expect(() => decodeEntry(broken), event.type).toThrow(/wallet\/store_damaged/);
      }
    }
  });
});

describe('the chain of entries', () => {
  async function threeEntries() {
    const disk = createMemoryDisk();
    const keystore = await createMemoryKeystore();
    const open = () =>
      openJournal({ store: openMemoryStore(disk), keystore, clock: { now: () => 9 } });
    const journal = open();
    for (const fill of [1, 2, 3]) {
      const nonce = bytes(fill, 8);
      const event: JournalEvent =
        fill === 1
          ? { type: 'created', nonce }
          : { type: 'allowance-requested', nonce, packet: bytes(fill) };
      expectOk(await journal.change((_, append) => append(event)));
    }
    return { disk, open };
  }

  it('gives the same state to every instance', async () => {
    const { open } = await threeEntries();
    const state = await open().read();
    expect([...state.nonces]).toEqual([1, 2, 3].map((fill) => hex(bytes(fill, 8))));
    expect(state.allowanceRequest?.nonce).toEqual(bytes(3, 8));
  });

  it('breaks where a record is missing, moved, repeated or changed', async () => {
    const changes: readonly ((records: { sealed: Uint8Array }[]) => void)[] = [
      (records) => records.splice(0, 1),
      (records) => records.splice(1, 1),
      (records) => records.reverse(),
      (records) => records.push(records[2]!),
      (records) => (records[1] = { ...records[1]!, sealed: records[1]!.sealed.slice(1) }),
      (records) => (records[1] = { ...records[1]!, sealed: bytes(0, 60) }),
    ];
    for (const change of changes) {
      const { disk, open } = await threeEntries();
      change(disk.records);
      await expect(open().read()).rejects.toMatchObject(damaged);
    }
  });
});

describe('a wallet', () => {
  it('opened anew from its journal is the wallet that wrote it', async () => {
    const world = await createWorld();
    const { phone, payer } = await world.payer();
    const { phone: till, payee } = await world.payee();
    expectOk(await payee.printedCode());
    await exchange(payer, payee, 100n);
    const { accepted } = await exchange(payer, payee, 200n);
    expectOk(await payer.acceptReceipt(accepted.receiptText));
    expectOk(await payee.refund({ paymentId: accepted.paymentId, amountMinor: 50n }));
    expectOk(await payee.sync());
    expectOk(await payer.sync());
    expect(await (await openPayerOn(phone)).state()).toEqual(await payer.state());
    expect(await (await openPayeeOn(till)).state()).toEqual(await payee.state());
  });

  it('that both pays and is paid has one journal and one key', async () => {
    const world = await createWorld();
    const phone = await world.phone('ayesha');
    const payer = await openPayerOn(phone);
    expectOk(await payer.enrol({ role: 'both' }));
    expectOk(await payer.requestAllowance(1_000n));
    const till = await openPayeeOn(phone);
    const { payer: other } = await world.payer('zara');
    const { payee: shop } = await world.payee();
    await Promise.all([exchange(other, till, 30n), exchange(payer, shop, 40n)]);
    expect(expectOk(await payer.sync())).toMatchObject({ decided: 2 });
    expect([...world.bank.ledger.paid.values()].toSorted()).toEqual([30n, 40n]);
    expect(expectOk(await till.state()).payments).toHaveLength(1);
    expect(expectOk(await payer.state()).leftMinor).toBe(960n);
  });
});
