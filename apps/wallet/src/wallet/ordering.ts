import type { AppClient } from '../account/bank-client.ts';
import type { Drawer } from '../vault/drawer.ts';
import type { Alone } from './alone.ts';

/** What an order to the bank stands on: kept before it is sent, under a key of its own. */
export interface Ordering<Verb extends keyof AppClient = keyof AppClient> {
  readonly client: Pick<AppClient, Verb>;
  readonly drawer: Drawer;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Fresh at each call: names an order for ever. */
  readonly newKey: () => string;
  /** One at a time, over all tabs. */
  readonly alone: Alone;
}
