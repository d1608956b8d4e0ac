// @ts-check
/** `npm run bench:soak`: full load for minutes, what it does to memory, and a flame graph. */
import { run } from './run.mjs';

await run('bench/src/soak/main.ts');
