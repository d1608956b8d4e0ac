import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@sikka/api';
import type { ApiResult, Client, Outcome } from '@sikka/api';
import { encodeCbor, formatAmount } from '@sikka/protocol';
import { openPurse, pay } from '../auditor-town/phone.ts';
import type { Purse } from '../auditor-town/phone.ts';
import type { Node } from './cluster.ts';
import type { Movement } from './history.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';
import type { Recorder, Told, Verdict } from './recorder.ts';

/** Something that was asked for, and how it is asked for again. */
export interface Asked {
  readonly movement: Movement;
  readonly payer: Person;
  readonly ask: Ask;
}

export type Ask =
  | { readonly kind: 'transfer' | 'transaction'; readonly to: Person }
  | { readonly kind: 'payment'; readonly packet: Uint8Array; readonly payee: Person };

export interface AskedSo {
  readonly it: Asked;
  readonly told: Told;
  /** Of a transfer, once it is acknowledged. */
  readonly number: number | undefined;
}

/** People who ask for one thing after the other until they are told to stop. */
export interface Workload {
  /** Everything that was asked for so far, and what was last told of it. */
  readonly asked: ReadonlyMap<string, AskedSo>;
  /** Movements that a node has acknowledged, by its place. */
  acknowledged(node: number): number;
  /** Asks for it again, at that node. */
  again(it: Asked, node: number): Promise<Told>;
  client(person: Person, node: number): Client;
  stop(): Promise<void>;
}

export interface WorkloadOptions {
  readonly people: readonly Person[];
  readonly nodes: readonly Node[];
  readonly recorder: Recorder;
  readonly random: (name: string) => Random;
  /** Milliseconds that everybody rests between two wishes, at least. */
  readonly restMs: number;
}

/** A purse numbers so many payments; then what is left of it goes back. */
const PAYMENTS = 100;
const DEAREST = 15;
const TIMEOUT_MS = 10_000;
const AWAY_MS = 100;
/** Whoever hears nothing asks again so often, or leaves it for the end. */
const [ASKS_AGAIN, AGAIN_PERCENT] = [20, 70];

export function startWorkload(options: WorkloadOptions): Workload {
  const { people, nodes, recorder, restMs } = options;
  const asked = new Map<string, AskedSo>();
  const acknowledged = nodes.map(() => 0);
  let isStopping = false;

  const client = (person: Person, place: number) => clientOf(person, nodes[place]);
  const keep = (it: Asked, told: Told, place: number, number?: number): Told => {
    const before = asked.get(it.movement.id);
    // Of two phones that hand it in, one may have been told.
    const isKnown = before?.told === 'ok';
    asked.set(it.movement.id, {
      it,
      told: isKnown ? 'ok' : told,
      number: number ?? before?.number,
    });
    if (told === 'ok') acknowledged[place] = (acknowledged[place] ?? 0) + 1;
    return told;
  };
  const again = async (it: Asked, place: number): Promise<Told> => {
    const { ask, movement, payer } = it;
    if (ask.kind === 'payment') {
      const [told = 'info'] = await handIn([it], client(ask.payee, place), false);
      return keep(it, told, place);
    }
    const { id, from, to, amountMinor } = movement;
    const money = { amount: formatAmount(amountMinor, 'PKR'), currency: 'PKR' } as const;
    let number: number | undefined;
    const told = await recorder.ask(
      [movement],
      (): Promise<ApiResult<{ readonly id: number }>> =>
        ask.kind === 'transfer'
          ? client(payer, place).createTransfer({
              body: { from_wallet_id: Number(from), to_wallet_id: Number(to), ...money },
              idempotencyKey: id,
            })
          : client(payer, place).createTransaction({
              body: { receiver_id: ask.to.account, ...money, reference: id },
              idempotencyKey: id,
            }),
      (answer) => {
        number = answer.id;
        return [{ told: 'ok', answer: JSON.stringify(answer) }];
      },
    );
    return keep(it, told[0] ?? 'info', place, number);
  };
  const handIn = (its: readonly Asked[], by: Client, respondAsync: boolean) =>
    recorder.ask(
      its.map(({ movement }) => movement),
      () => {
        const body = encodeCbor(its.flatMap(({ ask }) => ('packet' in ask ? [ask.packet] : [])));
        return by.handInDocuments({ body, ...(respondAsync ? { respondAsync } : {}) });
      },
      ({ outcomes }) => outcomes.map(verdictOf),
    );

  async function act(person: Person): Promise<void> {
    const random = options.random(person.account);
    const others = people.filter((each) => each !== person);
    let purse: Purse | undefined;
    for (let wish = 1; !isStopping; wish += 1) {
      const place = random.below(nodes.length);
      const id = `${person.account}-${wish}`;
      const dice = random.below(100);
      if (dice < 45) await move(wishOf(person, { id, other: random.pick(others), random }), random);
      else if (dice < 90) {
        purse = await refill(person, purse, place);
        if (purse !== undefined) await payBy(purse, person, { others, random });
      } else await lookBack(person, { place, random });
      await pause(restMs + random.below(restMs));
    }
  }

  /** Asks, and asks again where nobody answers; or leaves it to the end of the day. */
  async function move(it: Asked, random: Random): Promise<void> {
    const patience = random.chance(AGAIN_PERCENT) ? ASKS_AGAIN : 0;
    for (let tries = 0; tries <= patience && !isStopping; tries += 1) {
      if ((await again(it, random.below(nodes.length))) !== 'info') return;
      await pause(AWAY_MS);
    }
  }

  async function payBy(
    purse: Purse,
    payer: Person,
    { others, random }: { readonly others: readonly Person[]; readonly random: Random },
  ): Promise<void> {
    const payee = random.pick(others);
    const its: Asked[] = [];
    for (let count = 1 + random.below(3); count > 0 && purse.sequence < PAYMENTS; count -= 1) {
      const amountMinor = BigInt(1 + random.below(DEAREST));
      const { id, packet } = await pay(purse, { amountMinor, wallet: payee.current });
      const [from, to] = [String(payer.offline), String(payee.current)];
      const name = Buffer.from(id).toString('hex');
      const movement = { id: name, from, to, amountMinor, reserved: true };
      its.push({ movement, payer, ask: { kind: 'payment', packet, payee } });
    }
    if (its.length === 0) return;
    const hand = async (by: Person) => {
      const place = random.below(nodes.length);
      const told = await handIn(its, client(by, place), random.chance(20));
      its.forEach((it, index) => keep(it, told[index] ?? 'info', place));
      return told;
    };
    // Either phone, or both at once, at whichever node.
    const who = random.pick([[payer], [payee], [payer, payee]]);
    const all = await Promise.all(who.map(hand));
    if (all.flat().includes('info') && random.chance(AGAIN_PERCENT)) {
      for (const it of its) await move(it, random);
    }
  }

  /** Reads of what was acknowledged, and of the person's own wallets. */
  async function lookBack(
    person: Person,
    { place, random }: { readonly place: number; readonly random: Random },
  ): Promise<void> {
    const mine = [...asked.values()].filter(
      ({ it, told }) => told === 'ok' && it.payer === person && it.ask.kind === 'payment',
    );
    if (mine.length === 0) return;
    const { id } = random.pick(mine).it.movement;
    await recorder.find(id, () => findPayment(client(person, place), id));
  }

  async function refill(
    person: Person,
    purse: Purse | undefined,
    place: number,
  ): Promise<Purse | undefined> {
    if (purse !== undefined && purse.sequence < PAYMENTS) return purse;
    const phone = { ...person.phone, client: patient(client(person, place), () => isStopping) };
    try {
      return await openPurse(phone, BigInt(PAYMENTS * DEAREST));
    } catch {
      // No money in the offline wallet, or two clocks that are days apart: another time.
      return undefined;
    }
  }

  const running = people.map((person) => act(person));
  return {
    asked,
    acknowledged: (node) => acknowledged[node] ?? 0,
    again,
    client,
    stop: async () => {
      isStopping = true;
      await Promise.all(running);
    },
  };
}

function wishOf(
  payer: Person,
  on: { readonly id: string; readonly other: Person; readonly random: Random },
): Asked {
  const { id, other, random } = on;
  const { current, offline } = payer;
  // Now and then more than anybody has, which is refused.
  const most = random.chance(5) ? 1_000_000 : 3_000;
  const amountMinor = BigInt(1 + random.below(most));
  const [kind, from, to] = random.pick([
    ['transfer', current, offline] as const,
    ['transfer', offline, current] as const,
    ['transfer', current, other.current] as const,
    ['transaction', current, other.current] as const,
  ]);
  const places = { from: String(from), to: String(to) };
  return {
    movement: { id, ...places, amountMinor, reserved: false },
    payer,
    ask: { kind, to: other },
  };
}

function clientOf(person: Person, node: Node | undefined): Client {
  if (node === undefined) throw new Error('There is no such node.');
  const token = () => person.tokenAt(node.aheadMs());
  return createClient({ baseUrl: node.url, token, timeoutMs: TIMEOUT_MS });
}

/** Asks again, with the same bytes, where an answer was lost. */
function patient(client: Client, isStopping: () => boolean): Client {
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

function verdictOf(outcome: Outcome): Verdict {
  switch (outcome.result) {
    case 'settled':
    case 'recorded':
      return { told: 'ok', answer: JSON.stringify(outcome) };
    case 'pending':
      return { told: 'stored' };
    case 'rejected':
      return { told: 'fail', code: outcome.code ?? '' };
  }
}

/** Whether it is settled, as its payer or payee is told; undefined where nobody answers. */
export async function findPayment(client: Client, id: string): Promise<boolean | undefined> {
  const answer = await client.getPayment({ params: { payment_id: id } });
  if (answer.ok) return answer.value.result === 'settled';
  return answer.problem.code === 'payment/not_found' ? false : undefined;
}
