import type { Handlers } from '../../caller.ts';
import type { EventStreams } from './streams.ts';

export function eventRoutes(deps: { readonly events: EventStreams }): Handlers<'streamEvents'> {
  return {
    streamEvents: async ({ caller, headers, ended }) => {
      const { accountId } = caller;
      const lastEventId = headers['last-event-id'];
      const stream = await deps.events.open({ accountId, lastEventId, ended });
      if (stream !== undefined) return { ok: true, status: 200, value: stream };
      return {
        ok: false,
        code: 'event/too_many_streams',
        detail: 'Close a stream that you no longer read.',
        retryAfterSeconds: 30,
      };
    },
  };
}
