import type { Problem } from '@sikka/api';
import { BANK_CALLS, BankDied } from './bank/port.ts';
import type { BankCalls } from './bank/port.ts';
import type { Counters } from './counters.ts';
import type { Fuse } from './fuse.ts';
import type { Random } from './random.ts';

/** How bad a phone's way to the bank is, in shares of 1. */
export interface Weather {
  readonly drop: number;
  readonly loseReply: number;
  readonly duplicate: number;
  readonly delay: number;
}

export const CLEAR: Weather = { drop: 0, loseReply: 0, duplicate: 0, delay: 0 };

/** The way between one phone and the bank. */
export interface Link {
  /** What the wallet calls. */
  readonly calls: BankCalls;
  /** Nothing passes, in either direction. */
  clogged: boolean;
  weather: Weather;
}

export interface LinkParts {
  /** The bank's own calls for this account; they throw {@link BankDied}. */
  readonly bank: BankCalls;
  /** Of what happens just now: dropping another event changes nothing of this one. */
  readonly random: () => Random;
  readonly counters: Counters;
  readonly fuse: Fuse;
  /** Told of every answer the bank gave, also one that nobody hears. */
  readonly heard: (call: keyof BankCalls, input: unknown, answer: unknown) => void;
  /** Told that something arrived at the bank. */
  readonly reached: () => void;
  /** Starts a bank that died. */
  readonly restart: () => Promise<void>;
  /** Has something delivered so many seconds later. */
  readonly later: (seconds: number, deliver: () => Promise<void>) => void;
}

/** Longest time for which a message is under way: longer than a request lives. */
const MAX_DELAY_SECONDS = 3 * 86_400;

const LOST: Problem = {
  type: '/problems/client/unreachable',
  title: 'Bank not reached',
  status: 0,
  detail: 'The simulated network lost it.',
  code: 'client/unreachable',
  transient: true,
  advice: 'Try again when there is a network.',
};

type AnyCall = (input: unknown) => Promise<unknown>;

/** Requests that are dropped, delayed or sent twice, and replies that are lost. */
export function createLink(parts: LinkParts): Link {
  const calls = BANK_CALLS.map((name) => [
    name,
    (input: unknown) => send(parts, link, name, input),
  ]);
  const link: Link = {
    calls: Object.fromEntries(calls) as Record<keyof BankCalls, AnyCall> as BankCalls,
    clogged: false,
    weather: CLEAR,
  };
  return link;
}

async function send(
  parts: LinkParts,
  link: Link,
  name: keyof BankCalls,
  input: unknown,
): Promise<unknown> {
  const { counters, fuse } = parts;
  const random = parts.random();
  const lost = { ok: false, problem: LOST };
  fuse.burn('call:before');
  if (link.clogged) {
    counters.count('call.clogged');
    return lost;
  }
  const { drop, loseReply, duplicate, delay } = link.weather;
  if (random.chance(drop)) {
    counters.count('call.dropped');
    return lost;
  }
  if (random.chance(delay)) {
    counters.count('call.delayed');
    deliverLater(parts, name, input);
    return lost;
  }
  if (random.chance(duplicate)) {
    counters.count('call.duplicated');
    deliverLater(parts, name, input);
  }
  const answer = await deliver(parts, name, input);
  fuse.burn('call:after');
  if (answer === undefined) return lost;
  if (random.chance(loseReply)) {
    counters.count('call.reply-lost');
    return lost;
  }
  return answer;
}

function deliverLater(parts: LinkParts, name: keyof BankCalls, input: unknown): void {
  parts.later(parts.random().between(1, MAX_DELAY_SECONDS), async () => {
    await deliver(parts, name, input);
  });
}

/** Undefined where the bank died over it. */
async function deliver(
  { bank, counters, heard, reached, restart }: LinkParts,
  name: keyof BankCalls,
  input: unknown,
): Promise<unknown> {
  reached();
  try {
    const answer = await (bank[name] as AnyCall)(input);
    heard(name, input, answer);
    return answer;
  } catch (error) {
    if (!(error instanceof BankDied)) throw error;
    counters.count('bank.died-answering');
    await restart();
    return undefined;
  }
}
