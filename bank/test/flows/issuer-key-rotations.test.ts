import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

let running: RunningBank;
beforeAll(async () => {
  // Fewer connections than callers: whoever holds one must not wait for a second.
  running = await startTestBank({ DATABASE_POOL_SIZE: '4' });
});
afterAll(() => running.stop());

test('a dozen rotations of the issuer key at once are a dozen keys, each announced', async () => {
  const admin = running.client('operator');
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => admin.rotateIssuerKey({ body: {} })),
  );
  const failed = answers.some(({ ok }) => !ok);
  const why = failed ? running.log.filter((line) => line.includes('"error"')).join('') : '';
  expect(
    answers.map(({ ok }) => ok),
    why,
  ).toEqual(answers.map(() => true));
  const made = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  expect(new Set(made.map(({ key }) => key.number)).size).toBe(12);
  expect(new Set(made.map((each) => each.bulletin_version)).size).toBe(12);
});
