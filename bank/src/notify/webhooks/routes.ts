import { fromBase64url, toBase64url } from '@sikka/api';
import type { AnswerOf, Routes } from '@sikka/api';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import { wireEvent } from '../events/kinds.ts';
import { limits } from '../limits.ts';
import { readDeliveries, readWebhook, readWebhooks } from '../store/index.ts';
import type { DeliveryRow, WebhookRow } from '../store/index.ts';
import type { Webhooks } from './webhooks.ts';

type WebhookRoutes =
  'createWebhook' | 'listWebhooks' | 'deleteWebhook' | 'listDeliveries' | 'replayDelivery';

export function webhookRoutes(deps: {
  readonly pool: Pool;
  readonly webhooks: Webhooks;
}): Handlers<WebhookRoutes> {
  const { pool, webhooks } = deps;
  return {
    createWebhook: async ({ caller, body, now }) => {
      const added = await webhooks.add({ ...caller, now }, body);
      if (!added.ok) return added;
      const { webhook, secret } = added;
      return { ok: true, status: 201, value: { ...wireWebhook(webhook), secret } };
    },
    listWebhooks: async ({ caller }) => {
      const rows = await readWebhooks(pool, caller.accountId);
      return { ok: true, status: 200, value: { webhooks: rows.map(wireWebhook) } };
    },
    deleteWebhook: async ({ caller, params, now }) => {
      const removed = await webhooks.remove({ ...caller, now }, idOf(params.webhook_id));
      if (removed === undefined) return notFound;
      return { ok: true, status: 200, value: { ...wireWebhook(removed), is_active: false } };
    },
    listDeliveries: (call) => listDeliveries(pool, call),
    replayDelivery: async ({ caller, params, now }) => {
      const { webhook_id, delivery_id } = params;
      const owner = { ...caller, now };
      const replayed = await webhooks.replay(owner, idOf(webhook_id), BigInt(delivery_id));
      if (replayed.ok) {
        return { ok: true, status: 202, value: { delivery_id: Number(replayed.delivery) } };
      }
      if (replayed.code === 'webhook/not_found') return notFound;
      return { ok: false, code: replayed.code, detail: 'This webhook has been switched off.' };
    },
  };
}

async function listDeliveries(
  pool: Pool,
  { caller, params, query, cursor }: Call<'listDeliveries'>,
): Promise<Reply<'listDeliveries'>> {
  const before = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && before === undefined) return badCursor;
  const { accountId } = caller;
  const webhook = await readWebhook(pool, { id: idOf(params.webhook_id), accountId });
  if (webhook === undefined) return notFound;
  const most = query.limit === undefined ? limits.deliveriesOnPage : Number(query.limit);
  const rows = await readDeliveries(pool, { webhookId: webhook.id, before, most: most + 1 });
  const page = rows.slice(0, most);
  const last = rows.length > most ? page.at(-1) : undefined;
  const headers: Readonly<Record<string, string>> =
    last === undefined ? {} : { 'x-next-cursor': String(last.id) };
  return { ok: true, status: 200, value: { deliveries: page.map(wireDelivery) }, headers };
}

const notFound: Refused = {
  ok: false,
  code: 'webhook/not_found',
  detail: 'You have no such webhook, or it no such delivery.',
};
const badCursor: Refused = {
  ok: false,
  code: 'request/invalid',
  detail: 'The cursor is not one that an answer of this route gave.',
};

function readCursor(text: string): bigint | undefined {
  return /^[1-9]\d{0,17}$/.test(text) ? BigInt(text) : undefined;
}

/** Of the schema's form; what is none of ours is found nowhere. */
function idOf(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

type Wire<N extends WebhookRoutes> = AnswerOf<Routes[N]>;

function wireWebhook(webhook: WebhookRow): Wire<'deleteWebhook'> {
  const { id, url, kinds, createdAt, disabledAt } = webhook;
  return {
    webhook_id: toBase64url(id),
    url,
    kinds: [...kinds],
    is_active: disabledAt === undefined,
    created_at: createdAt.toISOString(),
  };
}

function wireDelivery(row: DeliveryRow): Wire<'listDeliveries'>['deliveries'][number] {
  const { doneAt, nextAt } = row;
  const waiting = nextAt === undefined ? 'failed' : 'pending';
  return {
    delivery_id: Number(row.id),
    // As it was posted.
    event: JSON.parse(wireEvent(row.event)) as Wire<'listDeliveries'>['deliveries'][0]['event'],
    replay: row.replay,
    attempts: row.attempts,
    status: doneAt === undefined ? waiting : 'delivered',
    next_at: nextAt?.toISOString() ?? null,
    delivered_at: doneAt?.toISOString() ?? null,
    answer_status: row.status ?? null,
    error: shownError(row.error) ?? null,
  };
}

/** What names lead to in the bank's own network is not for whoever may give a name. */
function shownError(error: string | undefined): string | undefined {
  const inside = error === 'webhook/name_unknown' || error === 'webhook/address_private';
  return inside ? 'webhook/unreachable' : error;
}
