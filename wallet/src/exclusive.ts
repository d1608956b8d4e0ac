import { makeQueue } from './queue.ts';
import type { Queue } from './queue.ts';

/**
 * Runs one piece of work at a time under a name, in the order asked: in this process, and among
 * tabs where the browser has Web Locks.
 */
export function exclusively(name: string): Queue {
  const queue = makeQueue();
  return (work) =>
    queue(() => {
      const locks = globalThis.navigator?.locks;
      return locks === undefined ? work() : locks.request(name, work);
    });
}
