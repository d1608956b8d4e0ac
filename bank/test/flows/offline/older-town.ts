import type { HeldKey, SignedItem } from '../../settlement/key-town.ts';
import { keyOf } from '../../settlement/key-town.ts';
import type { Person, Town } from '../../settlement/town.ts';
import { createTown } from '../../settlement/town.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { bodyText, elementText, openOlderBank } from './older-bank.ts';
import type { OlderBank, SyncAnswer } from './older-bank.ts';

/** A payer with money and a shop, both with keys, at a bank that older clients hand in to. */
export interface OlderTown {
  readonly db: TestDatabase;
  readonly town: Town;
  readonly bank: OlderBank;
  readonly payer: Person;
  readonly shop: Person;
  readonly payerKey: HeldKey;
  readonly shopKey: HeldKey;
  handIn(by: Person, items: readonly SignedItem[], more?: readonly object[]): Promise<SyncAnswer>;
  shopBalance(): Promise<bigint>;
  /** Somebody of one's own, so that a block hurts no other test. */
  person(offline?: number): Promise<{ readonly who: Person; readonly key: HeldKey }>;
}

export async function openOlderTown(): Promise<OlderTown> {
  const db = await createTestDatabase();
  const town = await createTown(db);
  town.now = Math.floor(Date.now() / 1000);
  const bank = openOlderBank(town);
  const payer = await town.person({ offline: 100_000_000 });
  const shop = await town.person({ offline: 0 });
  const payerKey = await keyOf(town, payer);
  const shopKey = await keyOf(town, shop);
  return {
    ...{ db, town, bank, payer, shop, payerKey, shopKey },
    handIn: (by, items, more = []) =>
      bank.syncText(by, bodyText(items.map((item, at) => elementText(item, more[at])))),
    shopBalance: () => town.balance(shop.current.ledgerAccount),
    person: async (offline = 1_000_000) => {
      const who = await town.person({ offline });
      return { who, key: await keyOf(town, who) };
    },
  };
}

/** What an upload's items came to, in order. */
export function told({ results }: SyncAnswer) {
  return results.map(({ result, error_reason: reason }) => [result, reason]);
}

export const SYNCED = ['synced', null];
