import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { gather } from '../../src/db/index.ts';

/** Until whatever was planned has been done. */
async function rest(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await turn();
}

/** A gatherer whose groups are answered when the test says so. */
function held(options: { readonly most?: number; readonly atOnce?: number } = {}) {
  const groups: { readonly asked: readonly number[]; readonly done: (error?: Error) => void }[] =
    [];
  const ask = gather<number, string>({
    answer: (asked) =>
      new Promise((resolve, reject) => {
        const done = (error?: Error) =>
          error === undefined ? resolve(asked.map((n) => `answer ${n}`)) : reject(error);
        groups.push({ asked, done });
      }),
    most: 3,
    atOnce: 1,
    fits: (chosen, next) => !chosen.some((one) => one % 10 === next % 10),
    ...options,
  });
  return { ask, groups };
}

describe('questions that come at the same moment are asked together', () => {
  test('at once where nothing is under way, later ones as one group', async () => {
    const { ask, groups } = held();
    const first = ask(1);
    await rest();
    const others = [ask(2), ask(3)];
    await rest();
    expect(groups.map(({ asked }) => asked)).toEqual([[1]]);
    groups[0]?.done();
    expect(await first).toBe('answer 1');
    await rest();
    expect(groups.map(({ asked }) => asked)).toEqual([[1], [2, 3]]);
    groups[1]?.done();
    expect(await Promise.all(others)).toEqual(['answer 2', 'answer 3']);
  });

  test('no more than `most`, and no more groups than `atOnce`', async () => {
    const { ask, groups } = held({ atOnce: 2 });
    for (let n = 1; n <= 9; n += 1) void ask(n);
    await rest();
    expect(groups.map(({ asked }) => asked)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test('one that does not fit waits for the next group, and is the first of it', async () => {
    const { ask, groups } = held();
    for (const n of [1, 11, 2, 21]) void ask(n);
    await rest();
    groups[0]?.done();
    await rest();
    expect(groups.map(({ asked }) => asked)).toEqual([[1, 2], [11]]);
  });
});

describe('what goes wrong', () => {
  test('with a group is told to each of it, and the next group is asked', async () => {
    const { ask, groups } = held();
    const lost = [ask(1), ask(2)];
    await rest();
    const next = ask(3);
    groups[0]?.done(new Error('away'));
    expect(await Promise.allSettled(lost)).toMatchObject([
      { reason: { message: 'away' } },
      { reason: { message: 'away' } },
    ]);
    await rest();
    groups[1]?.done();
    expect(await next).toBe('answer 3');
  });

  test('with one question is told to whoever asked it', async () => {
    const ask = gather<number, number>({
      answer: async (asked) => asked.map((n) => (n === 2 ? Promise.reject(new Error('two')) : n)),
      most: 3,
      atOnce: 1,
    });
    const answers = await Promise.allSettled([ask(1), ask(2), ask(3)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('an answer too few is a bug, not an answer to somebody else’s question', async () => {
    const ask = gather<number, number>({ answer: async () => [7], most: 3, atOnce: 1 });
    const answers = await Promise.allSettled([ask(1), ask(2)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
