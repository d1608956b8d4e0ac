/**
 * `npm run sim`: bundles the program, which then starts in a tenth of the time, and runs it in a
 * process of its own. A bank on PostgreSQL has programs and threads, found beside the sources.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bundle, NODE_OPTIONS } from './bundle.ts';

const args = process.argv.slice(2);

if (args.some((arg) => arg.includes('postgres'))) await import('./main.ts');
else process.exitCode = await runBundled();

async function runBundled(): Promise<number> {
  const { file, remove } = await bundle('sim/src/main.ts');
  const child = fork(file, args, { execArgv: [...NODE_OPTIONS] });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill());
  const [code] = (await once(child, 'exit')) as [number | null];
  await remove();
  return code ?? 1;
}
