// @ts-check
/** `npm run models`: the models of the protocol, with their weaker variants (docs/models.md). */
import { run } from './run.mjs';

await run('stories/models/main.ts');
