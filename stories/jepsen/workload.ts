import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@sikka/api';
import { openPurse, pay } from '../auditor-town/phone.ts';
import type { Purse } from '../auditor-town/phone.ts';
import { findPayment } from './asking.ts';
import type { Asking, Wish } from './asking.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';

/** People who ask for one thing after the other until they are told to stop. */
export interface Workload {
  stop(): Promise<void>;
}

export interface WorkloadOptions {
  readonly people: readonly Person[];
  /** How many there are to choose from. */
  readonly nodes: number;
  readonly asking: Asking;
  readonly recorder: Recorder;
  readonly random: (name: string) => Random;
  /** Milliseconds that everybody rests between two wishes, at least. */
  readonly restMs: number;
}

/** One of them. */
interface Life extends Omit<WorkloadOptions, 'random' | 'people'> {
  readonly person: Person;
  readonly others: readonly Person[];
  readonly random: Random;
  readonly isStopping: () => boolean;
}

/** A purse numbers so many payments; then what is left of it goes back. */
const PAYMENTS = 100;
const DEAREST_MINOR = 15;
/** Of a hundred wishes. */
const [TRANSFERS, PAYING] = [45, 45];
/** Whoever hears nothing asks again so often, or leaves it for the end. */
const [ASKS_AGAIN, AGAIN_PERCENT, AWAY_MS] = [20, 70, 100];

export function startWorkload({ people, random, ...options }: WorkloadOptions): Workload {
  let isStopping = false;
  const lives = people.map((person) =>
    live({
      ...options,
      ...{ person, others: people.filter((each) => each !== person) },
      ...{ random: random(person.account), isStopping: () => isStopping },
    }),
  );
  return {
    stop: async () => {
      isStopping = true;
      await Promise.all(lives);
    },
  };
}

async function live(life: Life): Promise<void> {
  const { random, isStopping, restMs } = life;
  let purse: Purse | undefined;
  for (let number = 1; !isStopping(); number += 1) {
    const dice = random.below(100);
    if (dice < TRANSFERS) await persist(life, wishOf(life, number));
    else if (dice < TRANSFERS + PAYING) {
      purse = await refill(life, purse);
      if (purse !== undefined) await payFrom(life, purse);
    } else await lookBack(life);
    await pause(restMs + random.below(restMs));
  }
}

function wishOf({ person, others, random }: Life, number: number): Wish {
  const { account, current, offline } = person;
  const to = random.pick(others);
  // Now and then more than anybody has, which is refused.
  const amountMinor = BigInt(1 + random.below(random.chance(5) ? 1_000_000 : 3_000));
  const [kind, from, into] = random.pick([
    ['transfer', current, offline] as const,
    ['transfer', offline, current] as const,
    ['transfer', current, to.current] as const,
    ['transaction', current, to.current] as const,
  ]);
  const wallets = { from: String(from), to: String(into) };
  const movement = { id: `${account}-${number}`, ...wallets, amountMinor, reserved: false };
  return { movement, payer: person, ask: { kind, to } };
}

/** Asks, and asks again where nobody answers; or leaves it to the end of the day. */
async function persist(life: Life, wish: Wish): Promise<void> {
  const { asking, nodes, random, isStopping } = life;
  const patience = random.chance(AGAIN_PERCENT) ? ASKS_AGAIN : 0;
  for (let tries = 0; tries <= patience && !isStopping(); tries += 1) {
    if ((await asking.ask(wish, random.below(nodes))) !== 'info') return;
    await pause(AWAY_MS);
  }
}

/** One to three payments to one shop, handed in by either phone, or both, at whichever node. */
async function payFrom(life: Life, purse: Purse): Promise<void> {
  const { asking, person, others, random, nodes } = life;
  const payee = random.pick(others);
  const wishes: Wish[] = [];
  for (let count = 1 + random.below(3); count > 0 && purse.sequence < PAYMENTS; count -= 1) {
    const amountMinor = BigInt(1 + random.below(DEAREST_MINOR));
    const { id, packet } = await pay(purse, { amountMinor, wallet: payee.current });
    const wallets = { from: String(person.offline), to: String(payee.current) };
    const name = Buffer.from(id).toString('hex');
    wishes.push({
      movement: { id: name, ...wallets, amountMinor, reserved: true },
      payer: person,
      ask: { kind: 'payment', packet, payee },
    });
  }
  const who = random.pick([[person], [payee], [person, payee]]);
  const told = await Promise.all(
    who.map((by) => {
      const respondAsync = random.chance(20);
      return asking.handIn(wishes, { by, node: random.below(nodes), respondAsync });
    }),
  );
  if (!told.flat().includes('info') || !random.chance(AGAIN_PERCENT)) return;
  for (const wish of wishes) await persist(life, wish);
}

/** Reads one of the payments that the person has been told of, at either node. */
async function lookBack({ asking, person, random, recorder, nodes }: Life): Promise<void> {
  const known = [...asking.asked.values()].filter(
    ({ wish, told }) => told === 'ok' && wish.payer === person && wish.ask.kind === 'payment',
  );
  if (known.length === 0) return;
  const { id } = random.pick(known).wish.movement;
  const client = asking.client(person, random.below(nodes));
  await recorder.find(id, () => findPayment(client, id));
}

async function refill(life: Life, purse: Purse | undefined): Promise<Purse | undefined> {
  if (purse !== undefined && purse.sequence < PAYMENTS) return purse;
  const { asking, person, random, nodes } = life;
  const client = patient(life, asking.client(person, random.below(nodes)));
  try {
    return await openPurse({ ...person.phone, client }, BigInt(PAYMENTS * DEAREST_MINOR));
  } catch {
    // No money in the offline wallet, or two clocks that are days apart: another time.
    return undefined;
  }
}

/** Asks for an allowance again, with the same bytes, where the answer was lost. */
function patient({ isStopping }: Life, client: Client): Client {
  const createAllowance: Client['createAllowance'] = async (input) => {
    for (let tries = 0; ; tries += 1) {
      const answer = await client.createAllowance(input);
      if (answer.ok || tries === ASKS_AGAIN || isStopping()) return answer;
      if (!answer.problem.transient && answer.problem.status < 500) return answer;
      await pause(AWAY_MS);
    }
  };
  return { ...client, createAllowance };
}
