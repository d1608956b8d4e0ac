// @ts-check
/** `npm run sim:planted`: every bug of the list, planted in a copy, has to be caught. */
import { run } from './run.mjs';

await run('sim/src/planted.ts');
