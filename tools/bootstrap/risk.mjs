// @ts-check
/** `npm run risk:train` and `npm run risk:metrics`: the model of bank/src/risk. */
import { run } from './run.mjs';

await run('tools/risk/main.ts');
