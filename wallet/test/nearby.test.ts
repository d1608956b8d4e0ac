import { encodePacket } from '@sikka/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openTillSide, payNearby, readNearbyRequest, WalletError } from '../src/nearby/index.ts';
import type { NearbyLink, TillMoment, TillSide } from '../src/nearby/index.ts';
import { ATT_BUSY, ATT_REFUSED, ATT_SUCCESS, ATT_VERSION } from '../src/nearby/service.ts';
import type { Payee } from '../src/payee/index.ts';
import type { Payer } from '../src/payer/index.ts';
import { createWorld, expectOk } from './support/world.ts';

const VERSION = Uint8Array.of(1);
const lost = () => new WalletError('wallet/nearby_lost', 'out of reach');

interface Air {
  readonly side: TillSide;
  /** Bytes that a value carries. */
  readonly size?: number;
  /** The connection breaks instead of this operation, counted over all connections from 0. */
  readonly breaksAt?: number;
  /** It breaks after the operation reached the till: the answer to it is lost. */
  readonly breaksAfter?: number;
}

/** Two ends in one process, with the till told of every connection that breaks. */
function openAir({ side, size = 100, breaksAt, breaksAfter }: Air) {
  let operations = 0;
  let centrals = 0;
  const connect = async (): Promise<NearbyLink> => {
    const central = `phone ${centrals++}`;
    let broken = false;
    const leave = () => {
      broken = true;
      side.left(central);
    };
    const operate = <T>(run: () => T): T => {
      if (broken) throw lost();
      const number = operations++;
      if (number === breaksAt) leave();
      if (broken) throw lost();
      const done = run();
      if (number === breaksAfter) leave();
      if (number === breaksAfter) throw lost();
      return done;
    };
    return {
      read: async (part) => {
        const answer = operate(() => side.read(central, { part, size }));
        if (answer.result !== ATT_SUCCESS) throw lost();
        return answer.value;
      },
      write: async (value) => {
        if (operate(() => side.write(central, value)) !== ATT_SUCCESS) throw lost();
      },
      close: leave,
    };
  };
  const stop = new AbortController();
  // Long enough for what is judged to be judged, and no more.
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
  return {
    parts: { connect, stop: stop.signal, pause },
    stop,
    used: () => operations,
    connections: () => centrals,
  };
}

/** A till that asks for 250 rupees, and who comes to it. */
async function openShop() {
  const { payer: newPayer, payee: newPayee } = await createWorld();
  const { payer } = await newPayer();
  const { payee } = await newPayee();
  const { packet } = expectOk(await payee.createRequest({ amountMinor: 25_000n }));
  const moments: TillMoment[] = [];
  const openSide = (accept: Payee['accept'] = (given) => payee.accept(given)) =>
    openTillSide({
      ...{ request: packet, accept, now: () => performance.now() },
      told: (moment) => moments.push(moment),
    });
  return { payer, payee, request: packet, moments, openSide };
}

/** Both halves of the exchange as an app does them, over one air. */
async function payOver(air: ReturnType<typeof openAir>, payer: Payer) {
  const { packet: request } = expectOk(await readNearbyRequest(air.parts));
  const paid = expectOk(await payer.pay(request));
  const { receipt } = expectOk(await payNearby(air.parts, { request, payment: paid.packet }));
  expectOk(await payer.acceptReceipt(receipt));
  return paid;
}

const acceptedBy = async (payee: Payee) => expectOk(await payee.state()).payments.length;

afterEach(() => {
  vi.useRealTimers();
});

describe('a payment over a short link', () => {
  it('is asked, judged, made and receipted, and the till is told', async () => {
    const { payer, payee, moments, openSide } = await openShop();
    const air = openAir({ side: openSide() });
    await payOver(air, payer);
    expect(expectOk(await payer.state()).payments[0]).toMatchObject({ hasReceipt: true });
    expect(await acceptedBy(payee)).toBe(1);
    expect(moments.map(({ kind }) => kind)).toEqual(['read', 'read', 'judged', 'answered']);
    expect(air.connections()).toBe(2);
  });

  it('goes through values of any length from 20 to 512 bytes', async () => {
    const { payer, request, openSide } = await openShop();
    const { packet: payment } = expectOk(await payer.pay(request));
    const receipt = encodePacket({ kind: 'frame', ...blank() });
    const judged = { ok: true, receipt } as unknown as Awaited<ReturnType<Payee['accept']>>;
    for (let size = 20; size <= 512; size++) {
      const given: Uint8Array[] = [];
      const side = openSide(async (packet) => {
        given.push(packet as Uint8Array);
        return judged;
      });
      const { parts } = openAir({ side, size });
      const read = expectOk(await readNearbyRequest(parts));
      const answer = expectOk(await payNearby(parts, { request: read.packet, payment }));
      const same =
        Buffer.from(read.packet).equals(request) &&
        given.every((packet) => Buffer.from(packet).equals(payment)) &&
        Buffer.from(answer.receipt).equals(receipt);
      if (!same || given.length !== 1) expect.fail(`at ${size} bytes`);
    }
  });

  it.each(['breaksAt', 'breaksAfter'] as const)(
    'whose connection %s any operation is made once, and the receipt arrives',
    async (when) => {
      const { payer, payee, openSide } = await openShop();
      await payOver(openAir({ side: openSide(), size: 200 }), payer);
      // How often a phone looks for the answer is chance: on until nothing is left to break.
      let number = 0;
      for (let broke = true; broke; number++) {
        const { packet } = expectOk(await payee.createRequest({ amountMinor: 1_000n }));
        const side = openTillSide({
          ...{ request: packet, accept: (given: Uint8Array) => payee.accept(given) },
          ...{ now: () => performance.now(), told: () => undefined },
        });
        const air = openAir({ side, size: 200, [when]: number });
        await payOver(air, payer);
        broke = air.connections() === 3;
      }
      expect(number).toBeGreaterThan(12);
      // Each counted once, however often it was written.
      expect(await acceptedBy(payee)).toBe(1 + number);
      expect(expectOk(await payer.state()).payments.every((each) => each.hasReceipt)).toBe(true);
    },
  );
});

/** Any packet's fields: what is in an answer is not the radio's to know. */
function blank() {
  return { digest: new Uint8Array(8), length: 300, k: 1, number: 0, data: new Uint8Array(300) };
}

describe('a phone at a till', () => {
  it('writes nothing where the till asks for something else than what was judged', async () => {
    const { payer, payee, request, openSide } = await openShop();
    const other = expectOk(await payee.createRequest({ amountMinor: 9_900_000n }));
    const { packet: payment } = expectOk(await payer.pay(request));
    const side = openTillSide({
      ...{ request: other.packet, accept: (given: Uint8Array) => payee.accept(given) },
      ...{ now: () => performance.now(), told: () => undefined },
    });
    const air = openAir({ side });
    const answer = await payNearby(air.parts, { request, payment });
    expect(answer).toMatchObject({ ok: false, code: 'wallet/nearby_changed' });
    expect(air.used()).toBe(2);
    const refused = openSide().read('x', { part: 'answer', size: 100 });
    expect(refused).toEqual({ result: ATT_BUSY });
  });

  it('hears the code of a refusal, cleaned of what no code has', async () => {
    const { payer, request, openSide } = await openShop();
    const { packet: payment } = expectOk(await payer.pay(request));
    const refused = { ok: false, verdict: 'refused', detail: '' } as const;
    const codes = ['double_spend', '<b>wallet/PAID</b>\n'] as const;
    const heard = [];
    for (const code of codes) {
      const side = openSide(async () => ({ ...refused, code: code as 'double_spend' }));
      heard.push(await payNearby(openAir({ side }).parts, { request, payment }));
    }
    expect(heard).toMatchObject([
      { code: 'wallet/nearby_refused', detail: 'double_spend' },
      { code: 'wallet/nearby_refused', detail: 'bwallet//b' },
    ]);
  });

  it.each([
    ['number 0 for ever', Uint8Array.of(0, 0, 8, 0, ...new Uint8Array(96)), 'chunk/out_of_order'],
    ['a giant', Uint8Array.of(0, 0, 255, 255, ...new Uint8Array(96)), 'too_large'],
    ['nothing at all', new Uint8Array(0), 'malformed'],
  ])('is not held by a till that gives %s', async (_what, value, code) => {
    let reads = 0;
    const link: NearbyLink = {
      read: async () => {
        reads += 1;
        return value;
      },
      write: async () => undefined,
      close: () => undefined,
    };
    const stop = new AbortController().signal;
    const answer = await readNearbyRequest({ connect: async () => link, stop });
    expect(answer).toMatchObject({ ok: false, code });
    expect(reads).toBeLessThanOrEqual(2);
  });

  it('gives up a till that is silent: thrice, in less than two minutes', async () => {
    vi.useFakeTimers();
    const silent = new Promise<never>(() => undefined);
    const link: NearbyLink = { read: () => silent, write: () => silent, close: vi.fn() };
    const connect = vi.fn(async () => link);
    const stop = new AbortController().signal;
    const answer = readNearbyRequest({ connect, stop });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(await answer).toMatchObject({ ok: false, code: 'wallet/nearby_lost' });
    expect(connect).toHaveBeenCalledTimes(3);
    expect(link.close).toHaveBeenCalledTimes(3);
  });

  it('lets go of a connection that comes too late', async () => {
    vi.useFakeTimers();
    const close = vi.fn();
    const late = () =>
      new Promise<NearbyLink>((resolve) => {
        const link = { read: vi.fn(), write: vi.fn(), close };
        setTimeout(() => resolve(link), 16_000);
      });
    const answer = readNearbyRequest({ connect: late, stop: new AbortController().signal });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await answer).toMatchObject({ ok: false, code: 'wallet/nearby_lost' });
    expect(close).toHaveBeenCalledTimes(3);
  });

  it('stops at once when the person does, and closes the connection', async () => {
    const silent = new Promise<never>(() => undefined);
    const close = vi.fn();
    const stop = new AbortController();
    const connect = async (): Promise<NearbyLink> => {
      queueMicrotask(() => stop.abort());
      return { read: () => silent, write: () => silent, close };
    };
    const answer = await readNearbyRequest({ connect, stop: stop.signal });
    expect(answer).toMatchObject({ ok: false, code: 'wallet/nearby_lost' });
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('a till', () => {
  const fixed = (now: () => number, accept = vi.fn()) => {
    const request = new Uint8Array(300).fill(7);
    return openTillSide({ request, accept, now, told: () => undefined });
  };

  it('serves one phone at a time, until it leaves or its 30 seconds are over', () => {
    let now = 0;
    const side = fixed(() => now);
    expect(side.write('a', VERSION)).toBe(ATT_SUCCESS);
    expect(side.write('b', VERSION)).toBe(ATT_BUSY);
    expect(side.read('b', { part: 'request', size: 50 })).toEqual({ result: ATT_BUSY });
    expect(side.write('b', new Uint8Array(20))).toBe(ATT_BUSY);
    now = 29_999;
    // Beginning again is no way to keep the turn.
    expect(side.write('a', VERSION)).toBe(ATT_SUCCESS);
    expect(side.write('b', VERSION)).toBe(ATT_BUSY);
    now = 30_000;
    expect(side.write('b', VERSION)).toBe(ATT_SUCCESS);
    expect(side.read('a', { part: 'request', size: 50 })).toEqual({ result: ATT_BUSY });
    side.left('a');
    expect(side.read('b', { part: 'request', size: 50 })).toMatchObject({ result: ATT_SUCCESS });
    side.left('b');
    expect(side.write('a', VERSION)).toBe(ATT_SUCCESS);
  });

  it('speaks version 1 and nothing else', () => {
    const side = fixed(() => 0);
    for (const version of [0, 2, 255]) {
      expect(side.write('a', Uint8Array.of(version))).toBe(ATT_VERSION);
    }
    expect(side.write('a', new Uint8Array(0))).toBe(ATT_BUSY);
  });

  it('refuses what is no message, and goes on', () => {
    const side = fixed(() => 0);
    side.write('a', VERSION);
    const giant = Uint8Array.of(0, 0, 16, 129, ...new Uint8Array(96));
    expect(side.write('a', giant)).toBe(ATT_REFUSED);
    expect(side.write('a', Uint8Array.of(0, 1, 1))).toBe(ATT_REFUSED);
    expect(side.write('a', new Uint8Array(0))).toBe(ATT_REFUSED);
    expect(side.read('a', { part: 'answer', size: 50 })).toMatchObject({ value: { length: 0 } });
  });

  it('judges four payments a turn, one at a time, and gives nobody another’s answer', async () => {
    let done: (() => void) | undefined;
    const accept = vi.fn(
      () =>
        new Promise<never>((resolve) => {
          done = () => resolve({ ok: true, receipt: new Uint8Array(30).fill(0x84) } as never);
        }),
    );
    const side = fixed(() => 0, accept);
    side.write('a', VERSION);
    const whole = Uint8Array.from(Buffer.from(MESSAGE, 'hex'));
    for (let i = 0; i < 4; i++) {
      expect(side.write('a', whole)).toBe(ATT_SUCCESS);
      expect(side.write('a', whole)).toBe(ATT_BUSY);
      done?.();
      await new Promise(setImmediate);
    }
    expect(side.write('a', whole)).toBe(ATT_REFUSED);
    side.write('a', VERSION);
    expect(side.write('a', whole)).toBe(ATT_REFUSED);
    expect(accept).toHaveBeenCalledTimes(4);
    side.left('a');
    side.write('b', VERSION);
    expect(side.read('b', { part: 'answer', size: 50 })).toMatchObject({ value: { length: 0 } });
  });

  it('takes the payment again where judging it threw, and whoever serves it hears so', async () => {
    const told: TillMoment[] = [];
    const broken = new Error('the disk is full');
    const said = { ok: true, receipt: Uint8Array.of(0x84, 1) } as never;
    const accept = vi.fn<Payee['accept']>(async () => said).mockRejectedValueOnce(broken);
    const side = openTillSide({
      ...{ request: new Uint8Array(300).fill(7), accept, now: () => 0 },
      told: (moment) => told.push(moment),
    });
    side.write('a', VERSION);
    const whole = Uint8Array.from(Buffer.from(MESSAGE, 'hex'));
    for (let i = 0; i < 2; i++) {
      expect(side.write('a', whole)).toBe(ATT_SUCCESS);
      await new Promise(setImmediate);
      side.read('a', { part: 'answer', size: 50 });
    }
    expect(told).toEqual([
      { kind: 'failed', error: broken },
      { kind: 'judged', answer: said },
      { kind: 'answered', answer: said },
    ]);
  });
});

/** `hello` in one chunk, by hand. */
const MESSAGE = '0000' + '0005' + '2cf24dba5fb0a30e' + '68656c6c6f';
