// @ts-check
/** `npm run fuzz`: readers of bytes from outside, and the bank's own door (docs/fuzz.md). */
import { run } from './run.mjs';

await run('stories/fuzz/main.ts');
