import { encodeCbor } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { mutator } from './support/mutations.ts';
import { balanceOf, done, enrolPhone, loadPhone } from './support/phones.ts';
import type { StoryPhone } from './support/phones.ts';

const CASES = 100_000;
const PER_BATCH = 1_000;
const AT_ONCE = 4;
const SEED = 20_261_120;
const MINUTES = 5;

interface Answer {
  readonly outcomes: readonly { readonly result: string; readonly code?: string }[];
}

describe('no bytes make the bank fail', () => {
  let story: StoryBank;
  let ayesha: StoryPhone;
  let bilal: StoryPhone;
  let genuine: readonly Uint8Array[];

  beforeAll(async () => {
    story = await openStoryBank();
    ayesha = await enrolPhone(story.bank, { account: 'ayesha', role: 'payer' });
    bilal = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
    genuine = await everyKind();
  });
  afterAll(() => story.stop());

  /** Packets of every kind that a phone can hand in or show, none of them handed in yet. */
  const everyKind = async (): Promise<readonly Uint8Array[]> => {
    const { allowanceId } = done(await loadPhone(ayesha, 100_000n));
    const shown: Uint8Array[] = [];
    const code = done(await bilal.payee.printedCode());
    shown.push(code.packet);
    for (const amountMinor of [5_000n, 1n, 70_000n]) {
      const request = done(await bilal.payee.createRequest({ amountMinor }));
      const paid = done(await ayesha.payer.pay(request.text));
      const taken = done(await bilal.payee.accept(paid.text));
      if (!('receipt' in taken)) throw new Error('refused');
      shown.push(request.packet, paid.packet, taken.receipt);
      if (amountMinor !== 5_000n) continue;
      const { paymentId } = taken;
      shown.push(done(await bilal.payee.refund({ paymentId, amountMinor: 100n })).packet);
    }
    const { given } = await ayesha.payer.wallet.journal.read();
    for (const { packet } of given.values()) shown.push(packet.bytes);
    shown.push(done(await ayesha.payer.signReturn(allowanceId)).packet);
    return shown;
  };

  const handIn = async (items: readonly Uint8Array[]): Promise<Response> =>
    fetch(`${story.bank.url}/api/v1/documents`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cbor',
        authorization: `Bearer ${await story.bank.token('bilal')}`,
      },
      body: encodeCbor([...items]) as Uint8Array<ArrayBuffer>,
    });

  it(
    `${CASES} mutated packets: an answer with a code for each, and no money moves`,
    async () => {
      const mutate = mutator(genuine, SEED);
      const before = await balanceOf(bilal, 'current');
      const codes = new Map<string, number>();
      const batch = async (): Promise<void> => {
        const items = Array.from({ length: PER_BATCH }, mutate);
        const response = await handIn(items);
        expect(response.status, `seed ${SEED}`).toBe(200);
        const { outcomes } = (await response.json()) as Answer;
        expect(outcomes).toHaveLength(PER_BATCH);
        for (const { result, code } of outcomes) {
          expect(result, `seed ${SEED}`).toBe('rejected');
          expect(code).toMatch(/^[a-z_/]+$/);
          codes.set(code ?? '', (codes.get(code ?? '') ?? 0) + 1);
        }
      };
      for (let sent = 0; sent < CASES; sent += PER_BATCH * AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, batch));
      }
      expect(await balanceOf(bilal, 'current')).toBe(before);
      // The mutations reach the signatures and the limits, not the first check only.
      for (const code of [
        'malformed',
        'not_canonical',
        'too_large',
        'unknown_type',
        'unknown_version',
        'unknown_suite',
        'issuer_unknown',
        'issuer_signature_invalid',
        'payer_signature_invalid',
        'payee_signature_invalid',
        'not_accepted_here',
      ]) {
        expect(codes.get(code) ?? 0, code).toBeGreaterThan(0);
      }
    },
    MINUTES * 60_000,
  );

  it('and afterwards the genuine ones settle, and the books are even', async () => {
    const response = await handIn(genuine);
    const { outcomes } = (await response.json()) as Answer;
    const results = outcomes.map(({ result }) => result);
    expect(results.filter((result) => result === 'settled')).toHaveLength(3);
    expect(results.filter((result) => result === 'recorded')).toHaveLength(2);
    const sums = await story.database.ownerPool.query('select sum from ledger_sum', []);
    expect(sums.rows.map((row) => String((row as { sum: unknown }).sum))).toEqual(['0']);
  });
});
