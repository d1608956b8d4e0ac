// @ts-check
/** `npm run bench`: every published figure. */
import { run } from './run.mjs';

await run('bench/src/main.ts');
