import { Type } from '@sinclair/typebox';
import { eventExample } from '../events.ts';
import type { Route } from '../route.ts';
import { Closed } from '../shapes.ts';

export const eventRoutes = {
  streamEvents: {
    method: 'GET',
    path: '/api/v1/events',
    tag: 'Events',
    summary: 'What happens to the caller’s account, as it happens',
    description:
      'Server-sent events. The first is `ready`, whose id is where the stream begins. Each event ' +
      'has an `id`; with `Last-Event-ID` the stream goes on after it, with nothing missing and ' +
      'nothing twice. Where that is no longer possible (30 days, or 7 without a stream) the ' +
      'first is `reset`: read everything anew. Kinds: `payment.settled`, `payment.received`, ' +
      '`payment.rejected`, `balance.changed`, `review.changed`, `wallet.changed`. The stream ' +
      'ends with its token, session or account; open it again with a fresh token. At most 5 ' +
      'at once.',
    auth: 'account',
    limit: 'other',
    headers: ['last-event-id'],
    statuses: { 200: 'Events until either side ends it.' },
    answer: {
      type: 'stream',
      mediaType: 'text/event-stream',
      example:
        'id: 17\nevent: balance.changed\ndata: {"id":"17","kind":"balance.changed",' +
        '"at":"2026-11-21T03:15:00.000Z","data":{"wallet_id":590000000008,"change":"+500.00",' +
        '"currency":"PKR","reason":"transfer","transfer_id":12}}\n\n',
    },
    problems: ['event/too_many_streams'],
  },
  openEventSocket: {
    method: 'GET',
    path: '/api/v1/events/ws',
    tag: 'Events',
    summary: 'The same events over a WebSocket',
    description:
      'A message an event: JSON `{id, kind, at, data}`, as webhooks get it. The first has only ' +
      '`id` and `kind`: `ready`, `resumed` or `reset`, as above. The token is in ' +
      '`Authorization`; a browser, which cannot set it, offers two subprotocols instead: ' +
      '`sikka.events.v1`, which is answered, and `sikka.bearer.` followed by the token. Never ' +
      'in the address. Pages must be of an allowed origin. The bank pings every 15 seconds and ' +
      'takes no messages. It closes with 1008 once token, session or account are over, with ' +
      '1012 when it restarts, with 1013 for whoever reads too slowly: come back with the last ' +
      'id.',
    auth: 'account',
    limit: 'other',
    headers: ['last-event-id'],
    query: Closed({
      last_event_id: Type.Optional(
        Type.String({ maxLength: 20, description: 'As `Last-Event-ID`, for browsers.' }),
      ),
    }),
    statuses: { 101: 'Events until either side ends it.' },
    answer: {
      type: 'socket',
      protocol: 'sikka.events.v1',
      example: JSON.stringify(eventExample('balance.changed')),
    },
    problems: ['event/too_many_streams', 'event/upgrade_required', 'event/origin_refused'],
  },
} as const satisfies Readonly<Record<string, Route>>;
