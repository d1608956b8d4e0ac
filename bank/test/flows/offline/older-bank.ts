import { createSecretKey, randomBytes } from 'node:crypto';
import type { AnswerOf, RouteName, Routes } from '@sikka/api';
import { utf8 } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import type { Call, Reply } from '../../../src/caller.ts';
import { offlineRoutes } from '../../../src/flows/offline/index.ts';
import { createNotices, createPeople } from '../../../src/identity/index.ts';
import { createLocalVault } from '../../../src/keys/index.ts';
import type { SignedItem } from '../../settlement/key-town.ts';
import type { Person, Town } from '../../settlement/town.ts';

/** The handlers of older clients' routes on a town's database, without HTTP. */
export interface OlderBank {
  sync(by: Person, elements: readonly unknown[]): Promise<SyncAnswer>;
  /** As `sync`, of a body's text. */
  syncText(by: Person, text: string): Promise<SyncAnswer>;
  store(by: Person, body: string, signature?: string): Promise<Reply<'signAndStore'>>;
  create(by: Person, body: Record<string, unknown>): Promise<Reply<'createLocal'>>;
  confirm(by: Person, id: number): Promise<Reply<'confirmOffline'>>;
  list(by: Person, query?: Record<string, string>): Promise<AnswerOf<Routes['listOffline']>>;
  history(by: Person, limit?: string): Promise<AnswerOf<Routes['unifiedHistory']>>;
  verify(body: unknown): Promise<AnswerOf<Routes['verifyReceipt']>>;
  readonly log: readonly string[];
}

export type SyncAnswer = AnswerOf<Routes['syncOffline']>;

export function openOlderBank(town: Town): OlderBank {
  const pool = town.db.serverPool;
  const vault = createLocalVault([createSecretKey(randomBytes(32))]);
  const people = createPeople({ pool, vault, lookupKey: createSecretKey(randomBytes(32)) });
  const log: string[] = [];
  const write = (event: string, fields: unknown) =>
    void log.push(`${event} ${JSON.stringify(fields)}`);
  const routes = offlineRoutes({
    pool,
    settlement: town.settlement,
    verifier: nodeVerifier(),
    people,
    notices: createNotices({
      people,
      queueMail: async (_tx, { template }) => void log.push(template),
    }),
    log: { debug: write, info: write, warn: write, error: write },
  });
  const call = <N extends RouteName>(by: Person, part: Partial<Call<N>>): Call<N> => {
    const { accountId, name: account } = by;
    const caller = { accountId, account, roles: new Set(), status: 'active' };
    const now = new Date();
    return { caller, query: {}, now, ...part } as unknown as Call<N>;
  };
  const syncText = async (by: Person, text: string) =>
    valueOf(await routes.syncOffline(call(by, { raw: utf8(text) })));
  return {
    log,
    syncText,
    sync: (by, elements) => syncText(by, JSON.stringify({ transactions: elements })),
    store: (by, body, signature) =>
      routes.signAndStore(call(by, { raw: utf8(body), query: signature ? { signature } : {} })),
    create: (by, body) => routes.createLocal(call(by, { body } as never)),
    confirm: (by, id) => routes.confirmOffline(call(by, { params: { id: String(id) } })),
    list: async (by, query = {}) => valueOf(await routes.listOffline(call(by, { query }))),
    history: async (by, limit) =>
      valueOf(await routes.unifiedHistory(call(by, { query: limit ? { limit } : {} }))),
    verify: async (body) => {
      const raw = utf8(JSON.stringify(body));
      return valueOf(await routes.verifyReceipt({ raw } as Call<'verifyReceipt'>));
    },
  };
}

/** What was answered; throws a refusal. */
export function valueOf<T>(reply: { ok: true; value: T } | { ok: false; detail: string }): T {
  if (!reply.ok) throw new Error(reply.detail);
  return reply.value;
}

/** As an older client sends a payment: the dict itself, its numbers as they are written. */
export function elementText({ text, item }: SignedItem, more: object = {}): string {
  const signature = Buffer.from(item.signature).toString('base64');
  const rest = JSON.stringify({ signature, ...more });
  return `{"transaction_data": ${text}, ${rest.slice(1)}`;
}

export function bodyText(elements: readonly string[]): string {
  return `{"transactions": [${elements.join(', ')}]}`;
}
