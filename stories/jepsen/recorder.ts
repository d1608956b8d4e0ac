import type { ApiResult, Problem } from '@sikka/api';
import type { Checker } from './checker.ts';
import type { Movement, Sight } from './history.ts';

/** What became of one attempt, as far as whoever asked was told. */
export type Told = 'ok' | 'stored' | 'fail' | 'info';

/** What one answer says of a movement. */
export type Verdict =
  | { readonly told: 'ok'; readonly answer: string }
  | { readonly told: 'stored' }
  | { readonly told: 'fail'; readonly code: string };

/** Writes the history while things are asked for. */
export interface Recorder {
  /** Asks for movements together; one verdict each of an answer. */
  ask<T>(
    movements: readonly Movement[],
    call: () => Promise<ApiResult<T>>,
    judge: (value: T) => readonly Verdict[],
  ): Promise<readonly Told[]>;
  /** A look at everything, which may fail. */
  see(read: () => Promise<Sight>): Promise<void>;
  /** A look at one movement: undefined where nobody answered. */
  find(id: string, read: () => Promise<boolean | undefined>): Promise<void>;
}

export function createRecorder({ record }: Checker): Recorder {
  let numbers = 0;
  const next = () => (numbers += 1);
  return {
    ask: async (movements, call, judge) => {
      const attempts = movements.map((movement) => ({ movement, asked: next() }));
      for (const attempt of attempts) record({ type: 'invoke', ...attempt });
      const answer = await call();
      const verdicts = answer.ok ? judge(answer.value) : [];
      return attempts.map(({ asked }, place) => {
        const verdict = answer.ok ? verdicts[place] : verdictOf(answer.problem);
        switch (verdict?.told) {
          case undefined:
            record({ type: 'info', asked });
            return 'info';
          case 'ok':
            record({ type: 'ok', asked, answer: verdict.answer });
            return 'ok';
          case 'stored':
            record({ type: 'stored', asked });
            return 'stored';
          case 'fail':
            record({ type: 'fail', asked, code: verdict.code });
            return 'fail';
        }
      });
    },
    see: async (read) => {
      const asked = next();
      record({ type: 'look', asked });
      record({ type: 'seen', asked, sight: await read() });
    },
    find: async (id, read) => {
      const asked = next();
      record({ type: 'look', asked });
      const there = await read();
      if (there !== undefined) record({ type: 'found', asked, id, there });
    },
  };
}

/** A token that does not fit a clock says nothing of the movement; nor does whoever was away. */
function verdictOf({ code, status }: Problem): Verdict | undefined {
  const isUncertain =
    code.startsWith('client/') ||
    code === 'idempotency/in_progress' ||
    status >= 500 ||
    status === 401;
  return isUncertain ? undefined : { told: 'fail', code };
}
