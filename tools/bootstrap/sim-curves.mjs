// @ts-check
/** `npm run sim:curves`: what copied wallets cost, into docs/risk.md and its charts. */
import { run } from './run.mjs';

await run('sim/src/curves.ts');
