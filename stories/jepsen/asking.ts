import { createClient } from '@sikka/api';
import type { ApiResult, Client, Outcome } from '@sikka/api';
import { encodeCbor, formatAmount } from '@sikka/protocol';
import type { Node } from './cluster.ts';
import type { Movement } from './history.ts';
import type { Person } from './people.ts';
import type { Recorder, Told, Verdict } from './recorder.ts';

/** Something that is asked for, and how it is asked for again. */
export interface Wish {
  readonly movement: Movement;
  readonly payer: Person;
  readonly ask: Ask;
}

export type Ask =
  | { readonly kind: 'transfer' | 'transaction'; readonly to: Person }
  | { readonly kind: 'payment'; readonly packet: Uint8Array; readonly payee: Person };

export interface Asked {
  readonly wish: Wish;
  /** The last, or that it was acknowledged. */
  readonly told: Told;
  /** Of a transfer, once it is acknowledged. */
  readonly number: number | undefined;
}

/** Asks nodes for what people wish, and keeps what they were told. */
export interface Asking {
  /** Everything that was asked for so far. */
  readonly asked: ReadonlyMap<string, Asked>;
  /** How often a node has acknowledged something, by its place. */
  acknowledged(node: number): number;
  /** Asks for it, or again, at that node. */
  ask(wish: Wish, node: number): Promise<Told>;
  /** Hands payments in together, by either phone. */
  handIn(wishes: readonly Wish[], by: HandingIn): Promise<readonly Told[]>;
  client(person: Person, node: number): Client;
}

export interface HandingIn {
  readonly by: Person;
  readonly node: number;
  readonly respondAsync: boolean;
}

export interface AskingOptions {
  readonly nodes: readonly Node[];
  readonly recorder: Recorder;
}

const TIMEOUT_MS = 10_000;

export function createAsking({ nodes, recorder }: AskingOptions): Asking {
  const asked = new Map<string, Asked>();
  const acknowledged = nodes.map(() => 0);
  const client = (person: Person, node: number) => clientOf(person, nodes[node]);

  function keep(wish: Wish, told: Told, at: { node: number; number?: number | undefined }): Told {
    const before = asked.get(wish.movement.id);
    // Of two phones that hand it in, one may have been told.
    const isKnown = before?.told === 'ok';
    const number = at.number ?? before?.number;
    asked.set(wish.movement.id, { wish, told: isKnown ? 'ok' : told, number });
    if (told === 'ok') acknowledged[at.node] = (acknowledged[at.node] ?? 0) + 1;
    return told;
  }

  async function handIn(
    wishes: readonly Wish[],
    { by, node, respondAsync }: HandingIn,
  ): Promise<readonly Told[]> {
    const packets = wishes.flatMap(({ ask }) => ('packet' in ask ? [ask.packet] : []));
    const body = encodeCbor(packets);
    const told = await recorder.ask(
      wishes.map(({ movement }) => movement),
      () => client(by, node).handInDocuments({ body, respondAsync }),
      ({ outcomes }) => outcomes.map(verdictOf),
    );
    return wishes.map((wish, place) => keep(wish, told[place] ?? 'info', { node }));
  }

  async function transfer(wish: Wish, to: Person, node: number): Promise<Told> {
    let number: number | undefined;
    const [told = 'info'] = await recorder.ask(
      [wish.movement],
      () => order(client(wish.payer, node), wish, to),
      (answer) => {
        number = answer.id;
        return [{ told: 'ok', answer: JSON.stringify(answer) }];
      },
    );
    return keep(wish, told, { node, number });
  }

  return {
    asked,
    acknowledged: (node) => acknowledged[node] ?? 0,
    ask: async (wish, node) => {
      const { ask } = wish;
      if (ask.kind !== 'payment') return transfer(wish, ask.to, node);
      const [told = 'info'] = await handIn([wish], { by: ask.payee, node, respondAsync: false });
      return told;
    },
    handIn,
    client,
  };
}

/** By one of the two routes, under the key that it keeps. */
function order(
  client: Client,
  { ask, movement }: Wish,
  { account }: Person,
): Promise<ApiResult<{ readonly id: number }>> {
  const { id, from, to, amountMinor } = movement;
  const money = { amount: formatAmount(amountMinor, 'PKR'), currency: 'PKR' } as const;
  return ask.kind === 'transfer'
    ? client.createTransfer({
        body: { from_wallet_id: Number(from), to_wallet_id: Number(to), ...money },
        idempotencyKey: id,
      })
    : client.createTransaction({
        body: { receiver_id: account, ...money, reference: id },
        idempotencyKey: id,
      });
}

function clientOf(person: Person, node: Node | undefined): Client {
  if (node === undefined) throw new Error('There is no such node.');
  const token = () => person.tokenAt(node.aheadMs());
  return createClient({ baseUrl: node.url, token, timeoutMs: TIMEOUT_MS });
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
