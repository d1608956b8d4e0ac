import { spawn } from 'node:child_process';

/** One of the bank's built programs, running. */
export interface Running {
  /** Once it says that it is ready: the address that it serves, if it says one. */
  readonly ready: Promise<string | undefined>;
  /** What ended it: a signal, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
  readonly kill: () => void;
  readonly stop: () => void;
  /** Tells what was loaded before it. */
  readonly tell: (message: number) => void;
}

export interface Starting {
  readonly env: Readonly<Record<string, string>>;
  /** A module that is loaded before the program and may be told something. */
  readonly before?: string;
}

export function start(program: string, { env, before }: Starting): Running {
  const { PATH = '' } = process.env;
  const loaded = before === undefined ? [] : ['--import', before];
  const child = spawn(process.execPath, [...loaded, program], {
    env: { PATH, LOG_LEVEL: 'error', RATE_LIMIT_ENABLED: 'false', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(before === undefined ? [] : (['ipc'] as const))],
  });
  let text = '';
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  const kill = () => void child.kill('SIGKILL');
  // Where the run is interrupted.
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  const ready = new Promise<string | undefined>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const [, said] = /^ +ready +(.*)$/m.exec(text) ?? [];
        if (said !== undefined) resolve(/^http:\S+/.exec(said)?.[0]);
      });
    }
    void ended.then((end) => reject(new Error(`It ended (${end ?? 'somehow'}) and said: ${text}`)));
  });
  // Heard by whoever waits for it; a program that is killed before it is ready is no error.
  ready.catch(() => undefined);
  return {
    ready,
    ended,
    kill,
    stop: () => void child.kill('SIGTERM'),
    tell: (message) => void (child.connected && child.send(message)),
  };
}
