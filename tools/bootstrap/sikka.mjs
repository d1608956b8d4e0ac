// @ts-check
/** `npm run sikka -- …`: the command line. */
import { run } from './run.mjs';

await run('cli/src/main.ts');
