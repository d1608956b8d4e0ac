import { Type } from '@sinclair/typebox';
import { EVENT_EXAMPLE, EVENT_KINDS } from '../events.ts';
import type { Route } from '../route.ts';
import { Closed, Nullable, NumberText, OneOf, PageSize, Timestamp } from '../shapes.ts';

const WebhookId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: '128 random bits.' });
const Kinds = Type.Array(OneOf(EVENT_KINDS), {
  minItems: 1,
  maxItems: EVENT_KINDS.length,
  uniqueItems: true,
});

export const WebhookOrder = Closed(
  {
    url: Type.String({
      minLength: 12,
      maxLength: 2_000,
      description: 'https, in the public network, on port 443 or 8443.',
    }),
    kinds: Type.Optional(Kinds),
  },
  'WebhookOrder',
);

const webhookMembers = {
  webhook_id: WebhookId,
  url: Type.String(),
  kinds: Kinds,
  is_active: Type.Boolean({ description: 'False once it has been given up, or switched off.' }),
  created_at: Timestamp,
};
export const Webhook = Type.Object(webhookMembers, { title: 'Webhook' });
export const NewWebhook = Type.Object(
  {
    ...webhookMembers,
    secret: Type.String({ description: 'The key of `Sikka-Signature`; shown only now.' }),
  },
  { title: 'NewWebhook' },
);

export const Delivery = Type.Object(
  {
    delivery_id: Type.Integer({ minimum: 1 }),
    event: Type.Object({
      id: Type.String({ description: 'The same however often the event is delivered.' }),
      kind: OneOf(EVENT_KINDS),
      at: Timestamp,
      data: Type.Record(Type.String(), Type.Unknown()),
    }),
    replay: Type.Integer({ minimum: 0 }),
    attempts: Type.Integer({ minimum: 0 }),
    status: OneOf(['pending', 'delivered', 'failed']),
    next_at: Nullable(Timestamp),
    delivered_at: Nullable(Timestamp),
    answer_status: Nullable(Type.Integer()),
    error: Nullable(Type.String()),
  },
  { title: 'Delivery' },
);

const { at, secret } = EVENT_EXAMPLE;
const webhook = {
  webhook_id: 'Zm9yIGV4YW1wbGUgb25seQ',
  url: 'https://hooks.shop.example/sikka',
  kinds: ['payment.received', 'balance.changed'],
  is_active: true,
  created_at: at,
};
const ofWebhook = Closed({ webhook_id: WebhookId });

export const webhookRoutes = {
  createWebhook: {
    method: 'POST',
    path: '/api/v1/webhooks',
    tag: 'Events',
    summary: 'Have events of the caller’s account posted to an address',
    description:
      'Each event is posted as JSON `{id, kind, at, data}` with the header ' +
      '`Sikka-Signature: t=<seconds>,v1=<hex>`, where `v1` is HMAC-SHA256 of `t`, a dot and the ' +
      'body, under `secret`. Check it, refuse a `t` more than five minutes old, and take an `id` ' +
      'once: deliveries may repeat and overtake each other. Any 2xx within five seconds is ' +
      'success; redirects are not followed. Else it is tried ten times over some fifteen hours, ' +
      'and then the webhook is switched off. All kinds where `kinds` is left out; at most 16.',
    auth: 'account',
    stepUp: true,
    limit: 'other',
    body: {
      type: 'json',
      schema: WebhookOrder,
      example: { url: webhook.url, kinds: webhook.kinds },
    },
    statuses: { 201: 'Registered.' },
    answer: {
      type: 'json',
      schema: NewWebhook,
      example: { ...webhook, secret },
    },
    problems: ['webhook/url_refused', 'webhook/limit_reached'],
  },
  listWebhooks: {
    method: 'GET',
    path: '/api/v1/webhooks',
    tag: 'Events',
    summary: 'The caller’s webhooks, oldest first',
    auth: 'account',
    limit: 'other',
    statuses: { 200: 'All of them.' },
    answer: {
      type: 'json',
      schema: Type.Object({ webhooks: Type.Array(Webhook) }, { title: 'Webhooks' }),
      example: { webhooks: [webhook] },
    },
    problems: [],
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/api/v1/webhooks/{webhook_id}',
    tag: 'Events',
    summary: 'Remove a webhook, with its deliveries',
    auth: 'account',
    limit: 'other',
    params: ofWebhook,
    statuses: { 200: 'Removed: nothing more is posted.' },
    answer: { type: 'json', schema: Webhook, example: { ...webhook, is_active: false } },
    problems: ['webhook/not_found'],
  },
  listDeliveries: {
    method: 'GET',
    path: '/api/v1/webhooks/{webhook_id}/deliveries',
    tag: 'Events',
    summary: 'What was posted to a webhook, newest first',
    auth: 'account',
    limit: 'other',
    params: ofWebhook,
    query: Closed({ limit: Type.Optional(PageSize) }),
    cursor: true,
    statuses: { 200: 'At most `limit`; 50 where it is not given. Kept for 30 days.' },
    answer: {
      type: 'json',
      schema: Type.Object({ deliveries: Type.Array(Delivery) }, { title: 'Deliveries' }),
      example: {
        deliveries: [
          {
            delivery_id: 3,
            event: { id: '17', kind: 'review.changed', at, data: { status: 'active' } },
            ...{ replay: 0, attempts: 1, status: 'delivered', next_at: null, delivered_at: at },
            ...{ answer_status: 204, error: null },
          },
        ],
      },
    },
    problems: ['webhook/not_found'],
  },
  replayDelivery: {
    method: 'POST',
    path: '/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay',
    tag: 'Events',
    summary: 'Post an event once more',
    auth: 'account',
    limit: 'other',
    params: Closed({ webhook_id: WebhookId, delivery_id: NumberText }),
    statuses: { 202: 'Queued as a delivery of its own, with the same event id.' },
    answer: {
      type: 'json',
      schema: Type.Object({ delivery_id: Type.Integer({ minimum: 1 }) }, { title: 'Replay' }),
      example: { delivery_id: 4 },
    },
    problems: ['webhook/not_found', 'webhook/disabled'],
  },
} as const satisfies Readonly<Record<string, Route>>;
