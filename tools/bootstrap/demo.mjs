// @ts-check
/** `npm run demo`: a rural merchant's day, from first load to settlement and proof. */
import { run } from './run.mjs';

await run('cli/src/main.ts', ['demo', ...process.argv.slice(2)]);
