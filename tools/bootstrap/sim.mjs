// @ts-check
/** `npm run sim`: the whole system in one process, seeded, with thieves (docs/simulator.md). */
import { run } from './run.mjs';

await run('sim/src/start.ts');
