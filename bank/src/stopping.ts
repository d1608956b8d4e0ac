import { describeFailure } from './failure.ts';

/** Ends a program well when it is asked to: what runs ends first. Asked twice, it ends at once. */
export function stopWhenAsked(starting: Promise<{ stop(): Promise<void> }>): void {
  let stopping = false;
  async function stop(signal: NodeJS.Signals): Promise<void> {
    // Asked twice: whoever asks has no more patience.
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`Stopping (${signal}).`);
    await (await starting).stop();
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop(signal).catch(fail));
  }
}

/** One line for whoever started it, and the exit code of a failure. */
export function fail(error: unknown): never {
  console.error(describeFailure(error));
  process.exit(1);
}
