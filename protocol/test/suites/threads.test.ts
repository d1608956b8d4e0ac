import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/bytes.ts';
import { generateNodeSigningKey, nodeSigner, threadedVerifier } from '../../src/node.ts';
import { frameChecks, readChecks } from '../../src/suites/check-frame.ts';
import type { SignatureCheck } from '../../src/suites/check-frame.ts';
import { SUITES } from '../../src/suites/suite.ts';

const verifier = threadedVerifier({ threads: 2 });
afterAll(() => verifier.close());

const signers = await Promise.all(
  SUITES.map(async (suite) => nodeSigner(suite, (await generateNodeSigningKey(suite)).privateKey)),
);

/** Checks of every suite; each third is of another message than was signed. */
async function someChecks(count: number): Promise<readonly (SignatureCheck & { good: boolean })[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const signer = signers[i % signers.length];
      if (signer === undefined) throw new Error('no signer');
      const { suite, publicKey } = signer;
      const good = i % 4 !== 0;
      const signature = await signer.sign(utf8(`payment ${i}`));
      return { suite, publicKey, message: utf8(`payment ${good ? i : -i - 1}`), signature, good };
    }),
  );
}

function ask({ suite, publicKey, message, signature }: SignatureCheck): Promise<boolean> {
  return verifier.verify(suite, publicKey, message, signature);
}

describe('verifying on threads', () => {
  it('answers each of 600 asked at once with its own answer', async () => {
    const checks = await someChecks(600);
    const answers = await Promise.all(checks.map(ask));
    expect(answers).toEqual(checks.map(({ good }) => good));
  });

  it('answers a few without a thread', async () => {
    const checks = await someChecks(5);
    expect(await Promise.all(checks.map(ask))).toEqual(checks.map(({ good }) => good));
  });

  it('says nothing about what a dying thread had, and starts another for the next', async () => {
    const checks = await someChecks(200);
    const asked = Promise.allSettled(checks.map(ask));
    await new Promise((resolve) => setImmediate(resolve));
    await verifier.close();
    for (const answer of await asked) {
      if (answer.status === 'rejected') expect(String(answer.reason)).toContain('thread ended');
      else expect(typeof answer.value).toBe('boolean');
    }
    expect((await asked).some(({ status }) => status === 'rejected')).toBe(true);
    const again = await someChecks(60);
    expect(await Promise.all(again.map(ask))).toEqual(again.map(({ good }) => good));
  });

  it('hands over every length as it is, none included', async () => {
    const checks = (await someChecks(3)).map(({ suite, publicKey, signature }, i) => {
      return { suite, publicKey, message: new Uint8Array(i * 70_000), signature };
    });
    expect([...readChecks(frameChecks(checks))]).toEqual(checks);
    expect([...readChecks(frameChecks([]))]).toEqual([]);
    expect(() => [...readChecks(Uint8Array.of(9, 0, 0))]).toThrow(RangeError);
  });
});
