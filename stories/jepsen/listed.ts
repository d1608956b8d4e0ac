import type { Client } from '@sikka/api';
import { ok } from '../auditor-town/phone.ts';
import type { Asking } from './asking.ts';
import type { Violation } from './history.ts';
import type { Person } from './people.ts';
import type { Recorder } from './recorder.ts';

/**
 * Reads over HTTP what everybody has ordered: each acknowledged transfer is listed, and whatever is
 * listed was asked for. Before, nothing of which nobody knows may be left.
 */
export async function readListed(
  people: readonly Person[],
  asking: Asking,
  recorder: Recorder,
): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  for (const [index, person] of people.entries()) {
    const listed = new Set(await ordersOf(asking.client(person, index % 2), person));
    for (const { wish, told, number } of asking.asked.values()) {
      if (wish.payer !== person || wish.ask.kind === 'payment' || told !== 'ok') continue;
      await recorder.find(wish.movement.id, async () => listed.delete(number ?? -1));
    }
    // What was loaded before anything went wrong.
    if (listed.size > 1) {
      violations.push({ what: 'never_asked', of: `${person.account}: ${[...listed].join(', ')}` });
    }
  }
  return violations;
}

/** Numbers of all that the person has ordered, page by page. */
async function ordersOf(client: Client, person: Person): Promise<readonly number[]> {
  const numbers: number[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? {} : { cursor };
    const page = await client.listTransfers({ query: { limit: '100' }, ...from });
    const own = ok(page).filter(({ user_id: account }) => account === person.account);
    numbers.push(...own.map(({ id }) => id));
    cursor = page.ok ? page.nextCursor : undefined;
  } while (cursor !== undefined);
  return numbers;
}
