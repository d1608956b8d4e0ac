import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Above PostgreSQL's own, below those that a system gives to whoever asks for any port. */
const [FIRST, LAST] = [20_000, 31_999];
const TRIES = 100;

/** A port for later: until then it is given to nobody who asks for any. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => resolve(true));
    });
  });
}
