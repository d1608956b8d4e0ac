/** True time, in whole seconds; only the schedule moves it. */
export interface TrueTime {
  now: number;
}

/** A phone's clock: off by anything, running fast or slow, set by its owner. */
export interface PhoneClock {
  now(): number;
  /** Sets it forward or back by so many seconds. */
  jump(seconds: number): void;
  /** As a phone that asks the network for the time. */
  setRight(): void;
}

export interface ClockError {
  readonly offsetSeconds: number;
  /** Seconds gained in a million. */
  readonly driftPpm: number;
}

export function createPhoneClock(time: TrueTime, { offsetSeconds, driftPpm }: ClockError) {
  const since = time.now;
  let offset = offsetSeconds;
  const clock: PhoneClock = {
    now: () => time.now + offset + Math.trunc(((time.now - since) * driftPpm) / 1_000_000),
    jump(seconds) {
      offset += seconds;
    },
    setRight() {
      offset -= clock.now() - time.now;
    },
  };
  return clock;
}
