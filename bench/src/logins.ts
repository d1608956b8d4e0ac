import type { BankProcess } from './bank/start.ts';
import { jsonOf, withHttpClient } from './http.ts';
import type { HttpClient } from './http.ts';
import { inLanes, spread } from './lanes.ts';
import { quantile } from './statistics.ts';
import type { Owner } from './town/store.ts';
import { proveAddresses } from './town/store.ts';

/** People who sign in at once. */
const CLIENTS = 8;
/** Each signs in once a round: codes for one mailbox are counted. */
const PEOPLE = 2 * CLIENTS;
const PASSWORD = 'bench-Passw0rd-of-everybody';
/** Requests that say how long others wait: at most so many a second. */
const HEALTH_EVERY_MS = 10;
const IDLE_MS = 2_000;

export interface LoggedIn {
  readonly perSecond: number;
  /** Of a health request, in milliseconds, while they sign in and while nobody does. */
  readonly health: { readonly busy: number; readonly idle: number };
  /** Greatest delay of the bank's event loop but for one in a hundred, the same. */
  readonly delay: { readonly busy: number; readonly idle: number };
}

/** Signs people up, whose addresses count as proved. */
export async function openAccounts(bank: BankProcess, owner: Owner): Promise<readonly string[]> {
  const emails = Array.from({ length: PEOPLE }, (_, n) => `bench-${n}@example.org`);
  await withHttpClient({ url: bank.url, connections: CLIENTS }, (client) =>
    inLanes(spread(emails, CLIENTS), async (email) => {
      const person = { name: 'Bench', email, password: PASSWORD };
      jsonOf(await client.send(post('/auth/signup', person)), 201);
    }),
  );
  await proveAddresses(owner);
  return emails;
}

/** First factors of eight people at once, and what everybody else notices of it. */
export async function logIn(bank: BankProcess, emails: readonly string[]): Promise<LoggedIn> {
  return withHttpClient({ url: bank.url, connections: CLIENTS + 1 }, async (client) => {
    const quiet = await bank.loopDelay(() => healthUntil(client, pause(IDLE_MS)));
    const began = performance.now();
    const work = inLanes(spread(emails, CLIENTS), async (email) => {
      const login = { email, password: PASSWORD, device_fingerprint: `bench-of-${email}` };
      jsonOf(await client.send(post('/auth/login', login)), 200);
    }).then(() => (performance.now() - began) / 1000);
    const busy = await bank.loopDelay(() => healthUntil(client, work));
    return {
      perSecond: emails.length / (await work),
      health: { busy: quantile(busy.value, 0.99), idle: quantile(quiet.value, 0.99) },
      delay: { busy: busy.p99Ms, idle: quiet.p99Ms },
    };
  });
}

/** Milliseconds that health requests took, one after the other, until that is done. */
async function healthUntil(client: HttpClient, done: Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  let isDone = false;
  const end = done.finally(() => (isDone = true));
  while (!isDone) {
    const sent = performance.now();
    jsonOf(await client.send({ path: '/health' }), 200);
    times.push(performance.now() - sent);
    await pause(HEALTH_EVERY_MS);
  }
  await end;
  return times;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

function post(path: string, body: object) {
  const bytes = Buffer.from(JSON.stringify(body));
  return { path, body: { type: 'application/json', bytes } };
}
