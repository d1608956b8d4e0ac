// @ts-check
/** `npm run bench:growth`: what a payment costs while ever more are settled already. */
import { run } from './run.mjs';

await run('bench/src/growth/main.ts');
