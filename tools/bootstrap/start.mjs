// @ts-check
/** `npm start`: the bank, on PORT, with its data in DATA_DIR. */
import { run } from './run.mjs';

await run('bank/src/main.ts');
