import { parentPort, workerData } from 'node:worker_threads';
import { nodeVerifier } from './node.ts';
import type { NodeVerifierOptions } from './node.ts';
import { readChecks } from './suites/check-frame.ts';

/** One thread of `threadedVerifier`: a frame of checks in, a byte for each out, 1 where valid. */
const verifier = nodeVerifier(workerData as NodeVerifierOptions);

parentPort?.on('message', (frame: Uint8Array) => {
  const valid = Array.from(readChecks(frame), ({ suite, publicKey, message, signature }) =>
    verifier.verifySync(suite, publicKey, message, signature) ? 1 : 0,
  );
  parentPort?.postMessage(Uint8Array.from(valid));
});
