import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/http/limits.ts';
import { createDesk } from '../identity/desk.ts';
import { postJson, signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

/** A request whose headers came in time, and whose body comes when it is wanted. */

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const { call, staff } = createDesk(() => running);

async function begin(me: SignedInPerson, { path, body }: { path: string; body: string }) {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: bank\r\nauthorization: ${me.authorization}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n` +
      `connection: close\r\n\r\n${body.slice(0, 1)}`,
  );
  return { finish: () => readAnswer(socket, body.slice(1)) };
}

async function readAnswer(socket: Socket, rest: string): Promise<string> {
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString('utf8')));
  socket.write(rest);
  await once(socket, 'close');
  return text;
}

const logOut = (me: SignedInPerson) =>
  postJson(running.url, '/auth/logout', { refresh_token: me.refreshToken }, 200);

const block = async ({ account }: SignedInPerson) => {
  const { accessToken: as } = await staff('risk');
  await call(`/api/v1/users/${account}/block`, { as, body: { reason: 'looked odd' } });
};

test.each([
  ['who has signed out meanwhile', logOut, 'auth/session_ended'],
  ['whose account was blocked meanwhile', block, 'auth/account_blocked'],
])('nothing is done for somebody %s', async (_, meanwhile, code) => {
  const me = await signUpAndIn(running.url);
  const body = JSON.stringify({ purpose: 'enrolment' });
  const held = await begin(me, { path: '/api/v1/devices/challenges', body });
  await pause(limits.promptBodyMs + 100);
  await meanwhile(me);
  const answer = await held.finish();
  expect(answer).toContain(`"code":"${code}"`);
  const { rows } = await running.ownerPool.query<{ challenges: number }>(
    `select count(*)::int as challenges from device_challenges c
     join accounts a on a.id = c.account_id where a.public_id = $1`,
    [me.account],
  );
  expect(rows).toEqual([{ challenges: 0 }]);
});

test('who is only slow is served, at the time of the act', async () => {
  const me = await signUpAndIn(running.url);
  const body = JSON.stringify({ purpose: 'enrolment' });
  const held = await begin(me, { path: '/api/v1/devices/challenges', body });
  await pause(limits.promptBodyMs + 100);
  const sentAt = Date.now();
  const answer = await held.finish();
  expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  const expiresAt = Date.parse(/"expires_at":"([^"]+)"/.exec(answer)?.[1] ?? '');
  expect(expiresAt).toBeGreaterThanOrEqual(sentAt + 10 * 60_000);
});
