/**
 * The bank in a process of its own, so that neither the load nor the signing shares its event
 * loop. Started by `startBankProcess`; ends when asked, and when its parent is gone.
 */
import { rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig, startBank } from '@sikka/bank';
import type { Ask, Told } from './messages.ts';

const config = readConfig(process.env, process.cwd());
if (!config.ok) throw new Error(config.errors.join(' '));

// The terminal sends Ctrl-C to everybody; the parent decides when to stop.
process.on('SIGINT', () => undefined);

/** Looks every millisecond, which is then the least it says. */
const delay = monitorEventLoopDelay({ resolution: 1 });

const { dataDir } = config.value;
const starting = startBank(config.value);
let stopping: Promise<void> | undefined;
const stop = () =>
  (stopping ??= starting
    .then((bank) => bank.stop())
    // Here too, for a parent that was killed.
    .then(() => rm(dataDir, { recursive: true, force: true }))
    .then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    ));
process.on('disconnect', () => void stop());
process.on('SIGTERM', () => void stop());
process.on('message', (ask: Ask) => void answer(ask));

try {
  const { url, databaseUrl } = await starting;
  tell({ kind: 'ready', url, databaseUrl });
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect();
}

async function answer(ask: Ask): Promise<void> {
  const bank = await starting;
  switch (ask.kind) {
    case 'tokens': {
      const tokens = await Promise.all(
        ask.accounts.map((account) => bank.token(account, [], ask.lifetimeSeconds)),
      );
      return tell({ kind: 'tokens', tokens });
    }
    case 'watch':
      delay.reset();
      delay.enable();
      return tell({ kind: 'watching' });
    case 'watched':
      delay.disable();
      return tell({ kind: 'delay', p99Ms: delay.percentile(99) / 1e6 });
    case 'memory': {
      const { rss, heapUsed, external } = process.memoryUsage();
      return tell({ kind: 'memory', rss, heapUsed, external });
    }
    case 'profile':
      return tell({ kind: 'profile', profile: await profile(ask.seconds) });
  }
}

async function profile(seconds: number) {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await pause(seconds * 1000);
    return (await session.post('Profiler.stop')).profile;
  } finally {
    session.disconnect();
  }
}

function tell(told: Told): void {
  process.send?.(told);
}
