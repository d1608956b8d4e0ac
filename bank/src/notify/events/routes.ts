import type { Handlers, Refused } from '../../caller.ts';
import { MESSAGES, SERVER_SENT } from './forms.ts';
import type { EventStreams } from './streams.ts';

const TOO_MANY: Refused = {
  ok: false,
  code: 'event/too_many_streams',
  detail: 'Close a stream that you no longer read.',
  retryAfterSeconds: 30,
};

export function eventRoutes(deps: {
  readonly events: EventStreams;
}): Handlers<'streamEvents' | 'openEventSocket'> {
  return {
    streamEvents: async ({ caller, headers, ended }) => {
      const { accountId } = caller;
      const lastEventId = headers['last-event-id'];
      const ask = { accountId, lastEventId, ended, form: SERVER_SENT };
      const value = await deps.events.open(ask);
      return value === undefined ? TOO_MANY : { ok: true, status: 200, value };
    },
    openEventSocket: async ({ caller, headers, query, ended }) => {
      const { accountId } = caller;
      const lastEventId = headers['last-event-id'] ?? query.last_event_id;
      const value = await deps.events.open({ accountId, lastEventId, ended, form: MESSAGES });
      return value === undefined ? TOO_MANY : { ok: true, status: 101, value };
    },
  };
}
