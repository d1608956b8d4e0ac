import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { RouteName } from '@sikka/api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Handlers } from '../../src/caller.ts';
import {
  createHttpServer,
  createMetrics,
  refuseTakenPort,
  serviceRoutes,
} from '../../src/http/index.ts';
import type { HttpServer } from '../../src/http/index.ts';
import { createLogs } from '../../src/log.ts';
import { createTestDatabase } from '../support/index.ts';
import * as phones from './phone.ts';
import { bodyOf, startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

describe('five thousand bodies that nobody should send', () => {
  let running: RunningBank;
  let honest: Uint8Array;
  beforeAll(async () => {
    running = await startTestBank({ LOG_LEVEL: 'warn' });
    honest = await honestBatch(running);
  });
  afterAll(() => running.stop());

  const bytes = (most: number) => fc.uint8Array({ maxLength: most });
  /** Cut, patched or repeated somewhere. */
  const mutation = fc.record({
    kind: fc.constantFrom('flip', 'cut', 'drop', 'insert', 'repeat'),
    at: fc.nat(),
    size: fc.integer({ min: 1, max: 40 }),
    patch: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  });
  const body = fc.oneof(
    bytes(200),
    fc.array(bytes(120), { maxLength: 6 }).map((packets) => phones.batchOf(...packets)),
    fc
      .array(mutation, { minLength: 1, maxLength: 4 })
      .map((mutations) => mutations.reduce<Uint8Array>(mutate, honest)),
  );

  test('are answered, each with its own refusal or outcome, and none is a bug', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 25, maxLength: 25 }), async (bodies) => {
        const token = await running.bank.token('bilal');
        const statuses = await Promise.all(bodies.map((sent) => post(running.url, token, sent)));
        for (const status of statuses) expect([200, 400, 413]).toContain(status);
      }),
      { numRuns: 200 },
    );
    // What fails while deciding is answered "pending" and logged: there is nothing of it either.
    expect(running.log).toEqual([]);
  }, 240_000);

  test('and the honest batch still settles', async () => {
    const answer = await running.client('bilal').handInDocuments({ body: honest });
    expect(answer).toMatchObject({ ok: true, value: { outcomes: [{ result: 'settled' }] } });
  });

  function mutate(
    from: Uint8Array,
    m: { kind: string; at: number; size: number; patch: Uint8Array },
  ) {
    const at = m.at % (from.length + 1);
    const rest = from.subarray(Math.min(at + m.size, from.length));
    const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
    switch (m.kind) {
      case 'flip':
        return join(from.subarray(0, at), m.patch, from.subarray(at + m.patch.length));
      case 'cut':
        return from.subarray(0, at);
      case 'drop':
        return join(from.subarray(0, at), rest);
      case 'insert':
        return join(from.subarray(0, at), m.patch, from.subarray(at));
      default:
        return join(from.subarray(0, at), from.subarray(at, at + m.size), from.subarray(at));
    }
  }
});

async function post(url: string, token: string, body: Uint8Array): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/cbor' };
  const sent = new Uint8Array(body);
  const response = await fetch(`${url}/api/v1/documents`, { method: 'POST', headers, body: sent });
  await response.arrayBuffer();
  return response.status;
}

async function honestBatch(running: RunningBank): Promise<Uint8Array> {
  const ayesha = running.client('ayesha');
  const wallets = await ayesha.listWallets();
  const shops = await running.client('bilal').listWallets();
  if (!wallets.ok || !shops.ok) throw new Error('No wallets.');
  const of = (list: typeof wallets.value, kind: string) =>
    list.find((own) => own.wallet_type === kind)?.id ?? 0;
  await ayesha.createTransfer({
    body: {
      from_wallet_id: of(wallets.value, 'current'),
      to_wallet_id: of(wallets.value, 'offline'),
      amount: '100.00',
      currency: 'PKR',
    },
  });
  const { phone } = await phones.enrolled(ayesha, 'ayesha', 'payer');
  const challenge = await phones.challengeFor(ayesha, 'allowance');
  const asked = { account: 'ayesha', challenge, amountMinor: 10_000n };
  const request = await phones.allowanceRequestOf(phone, asked);
  const issued = await ayesha.createAllowance({ body: { request } });
  if (!issued.ok) throw new Error(issued.problem.code);
  const held = phones.heldOf(issued.value.packet);
  const { packet } = await phones.paymentOf(phone, held, {
    sequence: 1,
    amountMinor: 100n,
    spentMinor: 100n,
    previous: held.id,
    payeeWallet: of(shops.value, 'current'),
  });
  return phones.batchOf(packet);
}

describe('a caller who does not want to wait', () => {
  let running: RunningBank;
  beforeAll(async () => {
    running = await startTestBank();
  });
  afterAll(() => running.stop());

  test('has the bank’s receipt at once, and the outcome by asking', async () => {
    const batch = await honestBatch(running);
    const bilal = running.client('bilal');
    const stored = await bilal.handInDocuments({ body: batch, respondAsync: true });
    expect(stored).toMatchObject({
      ok: true,
      status: 202,
      value: { outcomes: [{ result: 'pending' }] },
    });
    const decided = await bilal.handInDocuments({ body: batch });
    expect(decided).toMatchObject({
      ok: true,
      status: 200,
      value: { outcomes: [{ result: 'settled' }] },
    });
  });

  test('and a receipt asked for too early says when to ask again', async () => {
    const batch = await honestBatch(running);
    const bilal = running.client('bilal');
    // Nobody gets a place in the log while this is held.
    const held = await running.ownerPool.connect();
    await held.query('begin');
    await held.query('lock table sequencer_state in exclusive mode');
    const decided = await bilal.handInDocuments({ body: batch });
    const id = decided.ok ? (decided.value.outcomes[0]?.payment_id ?? '') : '';
    const early = await bilal.getPaymentReceipt({ params: { payment_id: id } });
    expect(early).toMatchObject({
      ok: false,
      problem: { code: 'receipt/not_ready', status: 409, transient: true, retryAfterSeconds: 1 },
    });
    await held.query('rollback');
    held.release();
  });
});

test('a bank that has logged nothing says so', async () => {
  const running = await startTestBank();
  // Before the worker has had its first turn, or the same answer as everybody gets after it.
  const answer = await running.client().getLatestCheckpoint();
  if (!answer.ok) expect(answer.problem).toMatchObject({ code: 'log/not_found', transient: true });
  await running.stop();
});

describe('the database goes away', () => {
  test('503 while it is gone, 200 when it is back; the process lives', async () => {
    const database = await createTestDatabase();
    const line = await cuttable(database.url);
    const running = await startTestBank({ DATABASE_URL: line.url });
    expect((await running.fetch('/health')).status).toBe(200);
    line.cut();
    for (const to of ['/health', '/ready', '/api/v1/bulletins/latest']) {
      const response = await running.fetch(to);
      const problem = await bodyOf(response);
      expect([response.status, problem['code']]).toEqual([503, 'server/unavailable']);
      expect(response.headers.get('retry-after')).toBe('2');
      expect(JSON.stringify(problem)).not.toMatch(/ECONN|pg|postgres|at \w+ \(/i);
    }
    const answer = await running.client('ayesha').listWallets();
    expect(answer).toMatchObject({ ok: false, problem: { code: 'server/unavailable' } });
    line.mend();
    expect((await running.fetch('/health')).status).toBe(200);
    await running.stop();
    line.close();
    await database.drop();
  });

  test('what breaks inside is logged for us, and is one sentence for the caller', async () => {
    const running = await startTestBank();
    await running.ownerPool.query('drop table bulletins');
    const response = await running.fetch('/api/v1/bulletins/latest');
    const problem = await bodyOf(response);
    expect([response.status, problem['code']]).toEqual([500, 'server/internal']);
    expect(JSON.stringify(problem)).not.toContain('bulletins"');
    const logged = running.log.find((line) => line.includes('"http.failed"')) ?? '{}';
    expect(JSON.parse(logged)).toMatchObject({ level: 'error', request_id: problem['request_id'] });
    await running.stop();
  });
});

/** A wire to the database that a test can cut. */
async function cuttable(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  return { url: through.href, cut, mend: () => void (whole = true), close: () => server.close() };
}

describe('slow and stubborn connections', () => {
  let server: HttpServer;
  let port: number;
  beforeAll(async () => {
    const silent = { level: 'silent', files: false, now: () => new Date() } as const;
    const logs = createLogs({ ...silent, write: () => undefined });
    const about = { demo: true, bank: 'test', version: '0', port: 0, people: [] };
    const service = serviceRoutes({
      ...about,
      isReady: () => true,
      ping: async () => undefined,
      ...{ production: false, metrics: createMetrics(), metricsToken: undefined },
    });
    server = await createHttpServer({
      // Only the service’s own routes are asked for here.
      handlers: service as Handlers<RouteName>,
      authenticator: {
        authenticate: async () => ({ ok: false, code: 'auth/token_missing', detail: '' }),
      },
      clock: () => new Date(),
      logs,
      strictTransport: true,
      ...{ demo: true, production: false, limiter: undefined },
      ...{ trustedProxies: [], walletAppDir: import.meta.dirname, corsOrigins: [] },
      timeouts: { headersMs: 2_000, requestMs: 3_000 },
    });
    ({ port } = await server.listen({ host: '127.0.0.1', port: 0 }));
  });
  afterAll(() => server.close());

  test('headers that never end are answered 408 and closed', async () => {
    const answer = await dribble(port, 'GET /health HTTP/1.1\r\nhost: x\r\n');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 408');
    expect(JSON.parse(body)).toMatchObject({ code: 'request/timed_out' });
  });

  test('a body from somebody without a token is refused before it is read', async () => {
    const head = 'POST /api/v1/documents HTTP/1.1\r\nhost: x\r\ncontent-type: application/cbor\r\n';
    const answer = await dribble(port, `${head}content-length: 1000000\r\n\r\n`);
    expect(answer).toContain('HTTP/1.1 401');
  });

  test('two hundred of them do not keep others out', async () => {
    const slow = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    for (const socket of slow) socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nx: ');
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    expect(response.status).toBe(200);
    expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000');
    for (const socket of slow) socket.destroy();
  });
});

/** Sends this, then a byte now and then, and answers what came until the other side hung up. */
async function dribble(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const more = setInterval(() => socket.write('a'), 100);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(more);
      resolve(answer);
    });
  });
}

test('a port that is taken, an address that is not ours', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const taken = refuseTakenPort({ host: '127.0.0.1', port });
  await expect(taken).rejects.toMatchObject({ code: 'start/port_taken' });
  other.close();
  const far = refuseTakenPort({ host: '192.0.2.1', port: 0 });
  await expect(far).rejects.toMatchObject({ code: 'start/address_unusable' });
});

test('asked to stop, the bank finishes what is running and takes nothing new', async () => {
  const running = await startTestBank();
  const ayesha = running.client('ayesha');
  const wallets = await ayesha.listWallets();
  const [a, b] = wallets.ok ? wallets.value.map(({ id }) => id) : [];
  const held = await running.ownerPool.connect();
  await held.query('begin');
  await held.query('select balance from ledger_balances for update');
  const current = wallets.ok && wallets.value[0]?.wallet_type === 'current';
  const body = {
    from_wallet_id: (current ? a : b) ?? 0,
    to_wallet_id: (current ? b : a) ?? 0,
    amount: '1.00',
    currency: 'PKR',
  };
  const transfer = ayesha.createTransfer({ body, idempotencyKey: randomBytes(8).toString('hex') });
  const waiting = async () => {
    const { rowCount } = await running.ownerPool.query(
      `select from pg_stat_activity where datname = current_database()
         and wait_event_type = 'Lock' and query like '%wallet_order%'`,
    );
    return rowCount;
  };
  await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
  const stopped = running.bank.stop();
  const health = () => running.client().getHealth();
  await expect.poll(health, { timeout: 20_000 }).toMatchObject({ ok: false });
  await held.query('rollback');
  held.release();
  expect(await transfer).toMatchObject({ ok: true, status: 201 });
  await stopped;
  await running.stop();
});
