import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { DatabaseLog } from '../log.ts';
import type { Server } from './server.ts';

export interface Supervision {
  /** The server now, or the last one while it is being brought back. */
  current(): Server;
  /** Brings nothing back any more, waits for an attempt under way, and gives the last server. */
  end(): Promise<Server>;
}

/**
 * Brings the server back whenever its control connection ends: `reopen` adopts it if it is still
 * there, or starts it on the port it had, so that pools find it again. Tries for ever, with
 * growing pauses; the bank answers "unavailable" meanwhile.
 */
export function supervise(options: {
  readonly first: Server;
  readonly reopen: (port: number) => Promise<Server>;
  readonly log: DatabaseLog;
}): Supervision {
  const { reopen, log } = options;
  let server = options.first;
  let recovery: Promise<void> | undefined;
  const ending = new AbortController();

  function watch(): void {
    void server.control.lost.then(() => {
      if (ending.signal.aborted) return;
      log('database.lost', { pid: server.pid });
      recovery = recover();
    });
  }

  async function recover(): Promise<void> {
    let pauseMs: number = limits.restartPauseMs;
    while (!ending.signal.aborted) {
      try {
        server = await reopen(server.port);
        log('database.restored', { pid: server.pid, adopted: server.adopted });
        watch();
        return;
      } catch (error) {
        log('database.restart_failed', { reason: messageOf(error) });
      }
      await pause(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, limits.restartPauseMaxMs);
    }
  }

  watch();
  return {
    current: () => server,
    end: async () => {
      ending.abort();
      await recovery;
      return server;
    },
  };
}
