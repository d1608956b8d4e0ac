import { spawn } from 'node:child_process';
import { generateNodeSigningKey, nodeSigner, threadedVerifier } from '@sikka/protocol/node';
import type { Lifetime } from './lifetime.ts';

/** As many as settlement has under way for one batch of 1000. */
const IN_FLIGHT = 1_000;
/** Different keys, all cached: an allowance is used many times. */
const KEYS = 64;

/** ES256 verifications per second by the bank's verifier, with its threads on all cores. */
export async function createNodeCeiling(
  lifetime: Lifetime,
): Promise<(seconds: number) => Promise<number>> {
  const verifier = threadedVerifier();
  lifetime.add(() => verifier.close());
  const signed = await Promise.all(
    Array.from({ length: KEYS }, async (_, i) => {
      const signer = nodeSigner('ES256', (await generateNodeSigningKey('ES256')).privateKey);
      // As long as what a payment signs.
      const message = new Uint8Array(240).fill(i);
      return { publicKey: signer.publicKey, message, signature: await signer.sign(message) };
    }),
  );
  return async (seconds) => {
    const began = performance.now();
    const until = began + seconds * 1000;
    const lane = async (start: number) => {
      let done = 0;
      for (let i = start; performance.now() < until; i += 1) {
        const one = signed[i % KEYS];
        if (one === undefined) throw new Error('No signature.');
        const { publicKey, message, signature } = one;
        const valid = await verifier.verify('ES256', publicKey, message, signature);
        if (!valid) throw new Error('A valid signature was refused.');
        done += 1;
      }
      return done;
    };
    // Each lane counts for itself: `n += await …` in lanes that share n loses updates.
    const counts = await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => lane(i)));
    const total = counts.reduce((all, count) => all + count, 0);
    return total / ((performance.now() - began) / 1000);
  };
}

/**
 * ES256 verifications per second by `openssl speed` with one process a core; undefined where
 * there is no openssl, or one (LibreSSL) without these options.
 */
export async function opensslRate(
  { cores, seconds }: { readonly cores: number; readonly seconds: number },
  lifetime: Lifetime,
): Promise<number | undefined> {
  const whole = String(Math.max(1, Math.round(seconds)));
  const args = ['speed', '-seconds', whole, '-multi', String(cores), 'ecdsap256'];
  const child = spawn('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  lifetime.add(async () => void child.kill());
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  // 256 bits ecdsa (nistp256)   0.0000s   0.0001s  66102.0  21034.5
  const rate = /ecdsa \(nistp256\).*\s([\d.]+)\s*$/m.exec(output)?.[1];
  return status === 0 && rate !== undefined ? Number(rate) : undefined;
}
