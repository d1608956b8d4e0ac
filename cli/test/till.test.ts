import { cutChunks, utf8 } from '@sikka/protocol';
import type { TillSide } from '@sikka/wallet/nearby';
import type { AcceptAnswer } from '@sikka/wallet/payee';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveTill } from '../src/till/serve.ts';
import type { TillEvent } from '../src/till/serve.ts';

const PAYMENT = utf8('a payment');
const RUBBISH = utf8('rubbish');
const PAID: AcceptAnswer = {
  ok: true,
  verdict: 'accepted',
  code: 'acceptable',
  state: 'received',
  twoWords: ['idea', 'muffin'],
  ...{ paymentId: 'ab'.repeat(32), amountMinor: 25_000n, currency: 586, at: 0, handInBy: 0 },
  ...{ receipt: Uint8Array.of(0x80, 1, 2), receiptText: 'SK1:' },
};
const NO: AcceptAnswer = { ok: false, verdict: 'refused', code: 'malformed', detail: '' };
/** How long what is asked for stands. */
const VALID_S = 60;

type Accept = (payment: Uint8Array) => Promise<AcceptAnswer>;

/** A till that judges so, with phones close by and a clock that the test turns. */
async function openTill(accept: Accept, told: (event: TillEvent) => void = () => undefined) {
  let side: TillSide | undefined;
  let closed = 0;
  let ended: unknown = 'open';
  const paid = serveTill({
    payee: {
      createRequest: async () => ({
        ...{ ok: true, requestId: '', packet: utf8('a request'), text: '' },
        until: Math.ceil(Date.now() / 1_000) + VALID_S,
      }),
      accept: (given) => accept(given as Uint8Array),
    },
    radio: {
      open: async (offer) => {
        side = offer.side;
        return { close: async () => void (closed += 1) };
      },
    },
    ...{ amountMinor: 25_000n, told },
    random: { randomBytes: (length) => new Uint8Array(length) },
  });
  paid.then(
    (value) => (ended = value),
    (error: unknown) => (ended = error),
  );
  await vi.advanceTimersByTimeAsync(0);
  const write = async (phone: string, message: Uint8Array) => {
    side?.write(phone, Uint8Array.of(1));
    for (const chunk of cutChunks(message, { size: 100 })) side?.write(phone, chunk);
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    write,
    read: (phone: string) => side?.read(phone, { part: 'answer', size: 100 }),
    leave: (phone: string) => side?.left(phone),
    wait: (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000),
    ended: () => ended,
    closed: () => closed,
  };
}

describe('a till over the air', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits for the payment that is being judged when its time is over', async () => {
    let say: (answer: AcceptAnswer) => void = () => undefined;
    const till = await openTill(() => new Promise((resolve) => (say = resolve)));
    await till.wait(VALID_S - 1);
    await till.write('phone', PAYMENT);
    await till.wait(20);
    expect([till.ended(), till.closed()]).toEqual(['open', 0]);
    say(PAID);
    await till.wait(1);
    expect(till.ended()).toBe('open');
    till.read('phone');
    await till.wait(1);
    expect([till.ended(), till.closed()]).toEqual([PAID, 1]);
  });

  it('is over as soon as that is refused', async () => {
    let say: (answer: AcceptAnswer) => void = () => undefined;
    const till = await openTill(() => new Promise((resolve) => (say = resolve)));
    await till.write('phone', PAYMENT);
    await till.wait(VALID_S + 1);
    expect(till.ended()).toBe('open');
    say(NO);
    await till.wait(0);
    expect([till.ended(), till.closed()]).toEqual([undefined, 1]);
  });

  it('keeps the receipt for who paid while strangers read what became of rubbish', async () => {
    const till = await openTill(async (given) => (given[0] === PAYMENT[0] ? PAID : NO));
    await till.write('phone', PAYMENT);
    till.leave('phone');
    await till.write('stranger', RUBBISH);
    till.read('stranger');
    await till.wait(10);
    expect(till.ended()).toBe('open');
    till.leave('stranger');
    await till.write('phone', PAYMENT);
    expect(till.read('phone')).toMatchObject({ result: 0 });
    await till.wait(1);
    expect(till.ended()).toEqual(PAID);
  });

  it('goes off the air with what judging threw', async () => {
    const broken = new Error('the disk is gone');
    const till = await openTill(() => Promise.reject(broken));
    await till.write('phone', PAYMENT);
    expect([till.ended(), till.closed()]).toEqual([broken, 1]);
  });

  it('goes off the air with what its screen threw', async () => {
    const broken = new Error('nobody reads what is printed');
    const till = await openTill(
      async () => PAID,
      ({ kind }) => {
        if (kind === 'judged') throw broken;
      },
    );
    await till.write('phone', PAYMENT);
    expect([till.ended(), till.closed()]).toEqual([broken, 1]);
  });
});
