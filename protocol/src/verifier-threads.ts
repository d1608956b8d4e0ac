import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MAX_CACHED_KEYS_NODE } from './limits.ts';
import { nodeVerifier } from './node.ts';
import type { NodeVerifierOptions } from './node.ts';
import { frameChecks } from './suites/check-frame.ts';
import type { SignatureCheck } from './suites/check-frame.ts';
import type { Verifier } from './suites/ports.ts';

/** A {@link Verifier} with threads of its own. */
export interface ThreadedVerifier extends Verifier {
  /** Ends the threads. What they had under way is rejected; what comes later starts them again. */
  close(): Promise<void>;
}

export interface ThreadedVerifierOptions {
  /** Threads, each with its own memory of keys; as many as the machine has cores unless given. */
  readonly threads?: number;
}

/** Checks handed to a thread at once: some ten milliseconds of work. */
const CHUNK = 128;
/** Fewer than this in one turn of the event loop are not worth waking a thread for. */
const WORTH_A_THREAD = 16;

interface Pending extends SignatureCheck {
  readonly resolve: (valid: boolean) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Verifies what one turn of the event loop asks for in chunks, on threads that do nothing else:
 * a server's path for many signatures at once. The event loop hands over a buffer a chunk instead
 * of a call a signature, and Node's own thread pool stays free for passwords and files. A key
 * always goes to the same thread, which remembers it. Few signatures take {@link nodeVerifier}.
 *
 * Rejects only where a thread dies: nothing is then said about the signatures it had.
 */
export function threadedVerifier(options: ThreadedVerifierOptions = {}): ThreadedVerifier {
  const direct = nodeVerifier();
  const count = options.threads ?? availableParallelism();
  // A key goes to one thread alone, so that together they remember what one of them could.
  const cachedKeys = Math.ceil(MAX_CACHED_KEYS_NODE / count);
  const threads = Array.from({ length: count }, () => createThread({ cachedKeys }));
  let waiting: Pending[] = [];

  function handOver(): void {
    const checks = waiting;
    waiting = [];
    if (checks.length < WORTH_A_THREAD) return verifyDirectly(checks);
    const byThread = threads.map((): Pending[] => []);
    for (const check of checks) byThread[threadOf(check)]?.push(check);
    byThread.forEach((own, i) => {
      for (let at = 0; at < own.length; at += CHUNK) threads[i]?.verify(own.slice(at, at + CHUNK));
    });
  }

  function verifyDirectly(checks: readonly Pending[]): void {
    for (const { suite, publicKey, message, signature, resolve, reject } of checks) {
      direct.verify(suite, publicKey, message, signature).then(resolve, reject);
    }
  }

  /** By the key's last byte, which is as good as random. */
  function threadOf({ publicKey }: Pending): number {
    return (publicKey.at(-1) ?? 0) % count;
  }

  return {
    verify: (suite, publicKey, message, signature) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(handOver);
        waiting.push({ suite, publicKey, message, signature, resolve, reject });
      }),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** Starts with its first chunk; a thread that died is replaced at the next. */
function createThread(workerData: NodeVerifierOptions) {
  let worker: Worker | undefined;
  const underWay: (readonly Pending[])[] = [];

  function start(): Worker {
    const program = new URL('./verifier-thread.mjs', import.meta.url);
    const started = new Worker(program, { execArgv: [], workerData });
    started.on('message', (valid: Uint8Array) => {
      underWay.shift()?.forEach(({ resolve }, i) => resolve(valid[i] === 1));
      // Only what is under way keeps the process alive.
      if (underWay.length === 0) started.unref();
    });
    started.on('error', (error) => fail(error));
    started.on('exit', () => fail(new Error('A verifying thread ended.')));
    return started;
  }

  function fail(error: Error): void {
    worker = undefined;
    for (const { reject } of underWay.splice(0).flat()) reject(error);
  }

  return {
    verify(checks: readonly Pending[]) {
      if (checks.length === 0) return;
      worker ??= start();
      worker.ref();
      underWay.push(checks);
      const frame = frameChecks(checks);
      worker.postMessage(frame, [frame.buffer]);
    },
    async close() {
      await worker?.terminate();
    },
  };
}
