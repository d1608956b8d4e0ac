import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { DatabaseLog } from '../log.ts';
import type { Server } from './server.ts';

export interface Supervision {
  /** The server now, or the last one while it is being brought back. */
  current(): Server;
  /**
   * Brings nothing back any more, and gives the last server. It waits a while for an attempt under
   * way; one that ends later is `close`d then, or adopted by the next start.
   */
  end(): Promise<Server>;
}

/**
 * Brings the server back whenever its control connection ends: `reopen` adopts it if it is still
 * there, or starts it on the port it had, so that pools find it again, and gives up when it is
 * told to stop. Tries for ever, with growing pauses; the bank answers "unavailable" meanwhile.
 */
export function supervise(options: {
  readonly first: Server;
  readonly reopen: (port: number, stopping: AbortSignal) => Promise<Server>;
  readonly close: (server: Server) => Promise<void>;
  readonly log: DatabaseLog;
  /** Milliseconds to wait for an attempt under way, where it is not the usual. */
  readonly waitMs?: number;
}): Supervision {
  const { reopen, close, log, waitMs = limits.stopRecoveryMs } = options;
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
        server = await reopen(server.port, ending.signal);
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
      const last = server;
      if (recovery === undefined || (await endsWithin(recovery, waitMs))) return server;
      const reason =
        `PostgreSQL is still being brought back after ${waitMs / 1000} s: is its disk full? It ` +
        'is left to itself, and the next start takes it over; what was committed is safe.';
      log('database.stop_late', { reason });
      void recovery
        .then(() => (server === last ? undefined : close(server)))
        .catch((error: unknown) => log('database.stop_failed', { reason: messageOf(error) }));
      return last;
    },
  };
}

async function endsWithin(work: Promise<void>, waitMs: number): Promise<boolean> {
  const over = new AbortController();
  const ended = await Promise.race([
    work.then(() => true),
    pause(waitMs, false, { signal: over.signal }).catch(() => false),
  ]);
  over.abort();
  return ended;
}
