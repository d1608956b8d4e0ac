// @ts-check
/** `npm run reset`: forget this instance's data. */
import { run } from './run.mjs';

await run('bank/src/reset.ts');
