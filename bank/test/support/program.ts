import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { programFile } from './index.ts';
import type { ProgramSource } from './programs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** One of the bank's programs, as a process of its own. */
export interface Program {
  readonly text: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  printed(what: RegExp): Promise<RegExpExecArray>;
}

type Env = Readonly<Record<string, string>>;

/** Starts a built program under these settings and none of the test run's own. */
export function run(program: ProgramSource, env: Env, ...args: string[]): Program {
  return start([programFile(program), ...args], env);
}

/** As `run`, but from the sources, as `npm start` does: three times as long. */
export function runFromSources(program: ProgramSource, env: Env): Program {
  return start(['--import', 'tsx', program], env);
}

function start(args: readonly string[], env: Env): Program {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NODE_ENV|VITEST.*|DATABASE_URL)$/.test(name),
    ),
  );
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...clean, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let heard = () => undefined as void;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      heard();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    text: () => text,
    signal: (name) => void child.kill(name),
    ended,
    printed: (what) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = what.exec(text);
          if (found !== null) resolve(found);
        };
        heard = look;
        look();
        void ended.then(() => reject(new Error(`It ended: ${text}`)));
      }),
  };
}
