// @ts-check
/** `npm run reseal`: seals what the database keeps under the newest key. */
import { run } from './run.mjs';

await run('bank/src/reseal.ts');
