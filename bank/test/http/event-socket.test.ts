import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSockets } from '../../src/http/sockets.ts';
import { postJson, signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { bodyOf, startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

const PAGE = 'https://app.example';
const PATH = '/api/v1/events/ws';
const PROTOCOL = 'sikka.events.v1';

let running: RunningBank;
let person: SignedInPerson;
beforeAll(async () => {
  running = await startTestBank({ CORS_ORIGINS: PAGE });
  person = await signUpAndIn(running.url);
});
afterAll(() => running.stop());

interface Message {
  readonly id: string;
  readonly kind: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Opened {
  readonly socket: WebSocket;
  readonly messages: Message[];
  readonly closed: Promise<number>;
}

interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly query?: string;
}

function dial({ headers = {}, protocols = [PROTOCOL], query = '' }: Asking): WebSocket {
  const url = `${running.url.replace('http', 'ws')}${PATH}${query}`;
  return new WebSocket(url, [...protocols], { headers });
}

async function open(asking: Asking): Promise<Opened> {
  const socket = dial(asking);
  const messages: Message[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    expect(isBinary).toBe(false);
    messages.push(JSON.parse(data.toString()) as Message);
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  return { socket, messages, closed };
}

/** The status and code of a handshake that is refused. */
async function refused(asking: Asking): Promise<readonly [number, unknown]> {
  const socket = dial(asking);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => reject(new Error('It was opened.')));
    socket.on('unexpected-response', (_, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const { code } = JSON.parse(text) as { readonly code: unknown };
        resolve([response.statusCode ?? 0, code]);
      });
    });
  });
}

const by = ({ authorization }: SignedInPerson) => ({ headers: { authorization } });
const PATIENCE = { timeout: 20_000 };
const count = (opened: Opened, wanted: number) =>
  expect.poll(() => opened.messages.length, PATIENCE).toBeGreaterThanOrEqual(wanted);

/** Something that the person hears of. */
async function happen(who: SignedInPerson): Promise<number> {
  const mine = { authorization: who.authorization };
  const wallets = await running.fetch('/api/v1/wallets/', { headers: mine });
  const [first] = (await wallets.json()) as { readonly id: number; readonly is_active: boolean }[];
  for (const act of ['deactivate', 'activate']) {
    await postJson(running.url, `/api/v1/wallets/${String(first?.id)}/${act}`, {}, 200, mine);
  }
  return first?.id ?? 0;
}

describe('a WebSocket of events', () => {
  test('brings what happens, and goes on where it broke off, by header or by address', async () => {
    const first = await open(by(person));
    await count(first, 1);
    expect(first.messages[0]).toMatchObject({ kind: 'ready' });
    expect(first.messages[0]?.id).toMatch(/^\d+$/);
    const wallet = await happen(person);
    await count(first, 3);
    const [, off, on] = first.messages;
    expect(off).toMatchObject({ kind: 'wallet.changed', data: { wallet_id: wallet } });
    first.socket.close();
    await first.closed;

    const after = off?.id ?? '';
    const again = await open({ ...by(person), query: `?last_event_id=${after}` });
    const header = { ...by(person).headers, 'last-event-id': after };
    const third = await open({ headers: header });
    for (const opened of [again, third]) {
      await count(opened, 2);
      expect(opened.messages).toEqual([{ id: after, kind: 'resumed' }, on]);
      opened.socket.close();
      await opened.closed;
    }
    const strange = await open({ ...by(person), query: '?last_event_id=0x1' });
    await count(strange, 1);
    expect(strange.messages[0]?.kind).toBe('reset');
    strange.socket.close();
  });

  test('of a page has its token in a subprotocol, which nobody repeats', async () => {
    const protocols = [PROTOCOL, `sikka.bearer.${person.accessToken}`];
    const opened = await open({ headers: { origin: PAGE }, protocols });
    expect(opened.socket.protocol).toBe(PROTOCOL);
    opened.socket.close();
    await opened.closed;
    expect(running.log.join('\n')).not.toContain(person.accessToken);
    await expect
      .poll(() => running.log.join('\n'), PATIENCE)
      .toMatch(/"http.answered".*events\/ws.*"status":101/);
  });

  test('takes no messages, and of a long one not even the bytes', async () => {
    const talkative = await open(by(person));
    talkative.socket.send('{"subscribe":"everything"}');
    expect(await talkative.closed).toBe(1003);
    const flood = await open(by(person));
    flood.socket.send('x'.repeat(2_000));
    expect(await flood.closed).toBe(1009);
  });

  test('ends within seconds of its session', async () => {
    const leaving = await signUpAndIn(running.url);
    const opened = await open(by(leaving));
    await postJson(running.url, '/auth/logout', { refresh_token: leaving.refreshToken }, 200);
    expect(await opened.closed).toBe(1008);
    expect(await refused(by(leaving))).toEqual([401, 'auth/session_ended']);
  });

  test('counts with the streams of its account: five of both', async () => {
    const busy = await signUpAndIn(running.url);
    const sockets = await Promise.all([1, 2, 3, 4].map(() => open(by(busy))));
    const end = new AbortController();
    const stream = await fetch(`${running.url}/api/v1/events`, {
      ...by(busy),
      signal: end.signal,
    });
    expect(stream.status).toBe(200);
    expect(await refused(by(busy))).toEqual([429, 'event/too_many_streams']);
    sockets[0]?.socket.terminate();
    // Room is made once the bank has noticed.
    await expect
      .poll(async () => {
        const socket = dial(by(busy));
        return new Promise((resolve) => {
          socket.on('open', () => resolve(true)).on('error', () => resolve(false));
        });
      }, PATIENCE)
      .toBe(true);
    end.abort();
    for (const { socket } of sockets) socket.terminate();
  });
});

describe('a handshake', () => {
  test.each([
    ['without a token', {}, 401, 'auth/token_missing'],
    ['with a token that is none', { protocols: [PROTOCOL, 'sikka.bearer.x.y.z'] }, 401, undefined],
    [
      'with the token as another subprotocol',
      { protocols: [PROTOCOL, 'bearer.x'] },
      401,
      undefined,
    ],
    ['with a token in the address', { query: '?access_token=x' }, 401, 'auth/token_missing'],
  ])('%s is refused', async (_, asking, status, code) => {
    const [answered, said] = await refused(asking);
    expect(answered).toBe(status);
    expect(said).toEqual(code ?? expect.stringMatching(/^auth\//));
  });

  test('takes no parameter that the row does not name', async () => {
    const asking = { ...by(person), query: `?access_token=x` };
    expect(await refused(asking)).toEqual([422, 'request/invalid']);
  });

  test.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example.evil.example',
    'null',
  ])('of a page of %s is refused, whoever reads it', async (origin) => {
    const headers = { ...by(person).headers, origin };
    expect(await refused({ headers })).toEqual([403, 'event/origin_refused']);
  });

  test('that is none says what is wanted', async () => {
    const response = await running.fetch(PATH, by(person));
    expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect((await bodyOf(response))['code']).toBe('event/upgrade_required');
  });
});

const KEY = 'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

describe('an upgrade that is not for this path', () => {
  test('to a WebSocket elsewhere is answered as if none were asked, and hung up', async () => {
    const head = 'GET /health HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\n';
    const answer = await talk(`${head}upgrade: websocket\r\n${KEY}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"status":"healthy"/);
  });

  test.each([
    ['to HTTP/2', 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAM\r\n'],
    ['of a POST to a WebSocket', `connection: upgrade\r\nupgrade: websocket\r\n${KEY}`],
    ['of an old version', 'connection: upgrade\r\nupgrade: websocket\r\n'],
  ])('%s is passed over: the body is read, and the next request too', async (_, asked) => {
    const body = '{"email":"nobody@example.com","otp":"1"}';
    const post =
      `POST /auth/verify-email HTTP/1.1\r\nhost: x\r\n${asked}` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const next = 'GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    const answer = await talk(post + next);
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(['400', '200']);
    expect(answer).toContain('otp/invalid');
  });
});

test('a bank that stops tells its readers to come again, and waits for nobody', async () => {
  const stopping = await startTestBank();
  const token = await stopping.bank.token('ayesha');
  const socket = new WebSocket(`${stopping.url.replace('http', 'ws')}${PATH}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await once(socket, 'open');
  // A reader that does not answer the close either.
  const deaf = connect(Number(new URL(stopping.url).port), '127.0.0.1');
  deaf.write(
    `GET ${PATH} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n${KEY}` +
      `authorization: Bearer ${token}\r\n\r\n`,
  );
  await once(deaf, 'data');
  deaf.on('error', () => undefined).pause();
  const closed = once(socket, 'close');
  const begun = Date.now();
  await stopping.stop();
  expect((await closed)[0]).toBe(1012);
  expect(Date.now() - begun).toBeLessThan(15_000);
  deaf.destroy();
});

test('a reader that answers pings stays, one that does not is gone', async () => {
  const server = fastify();
  // Both ends are in this process: whoever is awake must have answered within a beat.
  const sockets = createSockets(server, 1_000);
  const { signal: ended } = new AbortController();
  server.get('/', async (request, reply) => {
    const closed = once(request.raw.socket, 'close');
    sockets.grant({ request, reply, protocol: PROTOCOL, source: silentUntil(closed), ended });
    return reply;
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const [awake, asleep] = [true, false].map(
    (autoPong) => new WebSocket(address.replace('http', 'ws'), { autoPong }),
  );
  let pings = 0;
  awake?.on('ping', () => (pings += 1));
  // Without the word that a close frame would bring.
  expect((await once(asleep!, 'close'))[0]).toBe(1006);
  await expect.poll(() => pings, PATIENCE).toBeGreaterThan(3);
  expect(awake?.readyState).toBe(WebSocket.OPEN);
  awake?.terminate();
  await server.close();
});

async function* silentUntil(closed: Promise<unknown>): AsyncGenerator<string> {
  await closed;
  yield* [];
}

/** Sends this and answers all that came until the other side hung up. */
async function talk(text: string): Promise<string> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  socket.setEncoding('utf8').write(text);
  let answer = '';
  socket.on('data', (chunk: string) => (answer += chunk));
  await once(socket, 'close');
  return answer;
}
