import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Server } from '../../../src/db/embedded/server.ts';
import { supervise } from '../../../src/db/embedded/supervise.ts';
import { eventually } from './playground.ts';

/** One whose control connection has ended already. */
function serverOf(pid: number): Server {
  const control = { lost: Promise.resolve() } as unknown as Server['control'];
  return { pid, port: 1, adopted: false, control };
}

it('a stop waits for no server that does not come back, and ends it when it does', async () => {
  const [first, late] = [serverOf(1), serverOf(2)];
  const events: string[] = [];
  const closed: Server[] = [];
  let comeBack: (server: Server) => void = () => undefined;
  let told: AbortSignal | undefined;
  const supervision = supervise({
    first,
    reopen: (_port, stopping) => {
      told = stopping;
      return new Promise((resolve) => (comeBack = resolve));
    },
    close: async (server) => void closed.push(server),
    log: (event) => void events.push(event),
    waitMs: 50,
  });
  await eventually(async () => expect(told).toBeDefined());
  expect(told?.aborted).toBe(false);
  const last = await Promise.race([supervision.end(), pause(20_000)]);
  expect(last).toBe(first);
  expect(told?.aborted).toBe(true);
  expect(events).toEqual(['database.lost', 'database.stop_late']);
  expect(closed).toEqual([]);
  comeBack(late);
  await eventually(async () => expect(closed).toEqual([late]));
});
