// @ts-check
/** `npm run worker`: what goes on beside requests, in a process of its own. */
import { run } from './run.mjs';

await run('bank/src/worker-main.ts');
