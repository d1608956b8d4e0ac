/** Work that keeps a thread busy for a tenth of a second or more: passwords, RSA keys. */
export interface SlowLane {
  /** In turn; `server/busy` at once where too many are waiting already. */
  run<T>(act: () => Promise<T>): Promise<Lane<T>>;
}

export type Lane<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: 'server/busy' };

/**
 * A lane for `atOnce` acts, with `queued` more waiting. The thread pool is shared with signature
 * checks: a crowd of sign-ins must not stand in the way of a payment.
 */
export function createSlowLane(size: {
  readonly atOnce: number;
  readonly queued: number;
}): SlowLane {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running < size.atOnce) {
      running += 1;
      return;
    }
    // Whoever leaves hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    async run(act) {
      if (running >= size.atOnce && waiting.length >= size.queued) {
        return { ok: false, code: 'server/busy' };
      }
      await enter();
      try {
        return { ok: true, value: await act() };
      } finally {
        leave();
      }
    },
  };
}
