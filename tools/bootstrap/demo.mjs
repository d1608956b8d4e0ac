// @ts-check
/** `npm run demo`: two phones and a bank, from first load to settlement. */
import { run } from './run.mjs';

await run('cli/src/main.ts', ['demo', ...process.argv.slice(2)]);
