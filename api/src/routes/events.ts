import type { Route } from '../route.ts';

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
} as const satisfies Readonly<Record<string, Route>>;
