/** Asks one thing; it is answered together with what others ask at that moment. */
export type Gathered<Q, A> = (question: Q) => Promise<A>;

export interface GatherOptions<Q, A> {
  /**
   * Answers in the order of the questions; a promise among them concerns its own question only.
   * Where the whole is rejected, each of them is.
   */
  readonly answer: (questions: readonly Q[]) => Promise<readonly (A | Promise<A>)[]>;
  /** Questions answered together. */
  readonly most: number;
  /** Groups under way at once. */
  readonly atOnce: number;
  /** Whether one may be answered together with those chosen; it waits for the next group else. */
  readonly fits?: (chosen: readonly Q[], next: Q) => boolean;
}

interface Waiting<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A | Promise<A>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One statement for what many requests ask at the same moment: a quiet bank asks at once and for
 * one, a busy one asks for whatever has come while the statements before were under way. The first
 * that waits is always in the next group, so nobody waits for ever.
 */
export function gather<Q, A>(options: GatherOptions<Q, A>): Gathered<Q, A> {
  let waiting: Waiting<Q, A>[] = [];
  let underWay = 0;
  let isPlanned = false;
  // Not at once: requests that came with the same look at the sockets are asked together.
  const plan = () => {
    if (isPlanned || waiting.length === 0 || underWay >= options.atOnce) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      const { chosen, left } = choose(waiting, options);
      waiting = left;
      underWay += 1;
      void answerAll(chosen, options).finally(() => {
        underWay -= 1;
        plan();
      });
      plan();
    });
  };
  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      plan();
    });
}

function choose<Q, A>(
  waiting: readonly Waiting<Q, A>[],
  { most, fits = () => true }: GatherOptions<Q, A>,
): { readonly chosen: readonly Waiting<Q, A>[]; readonly left: Waiting<Q, A>[] } {
  const chosen: Waiting<Q, A>[] = [];
  const questions: Q[] = [];
  const left = waiting.filter((one) => {
    if (chosen.length >= most || !fits(questions, one.question)) return true;
    chosen.push(one);
    questions.push(one.question);
    return false;
  });
  return { chosen, left };
}

async function answerAll<Q, A>(
  chosen: readonly Waiting<Q, A>[],
  { answer }: GatherOptions<Q, A>,
): Promise<void> {
  try {
    const answers = await answer(chosen.map(({ question }) => question));
    if (answers.length !== chosen.length) throw new Error('Not every question was answered.');
    for (const [place, { resolve }] of chosen.entries()) resolve(answers[place] as A | Promise<A>);
  } catch (error) {
    for (const { reject } of chosen) reject(error);
  }
}
