// @ts-check
/** `npm start`: the bank, on PORT, with its data in DATA_DIR, and the wallet app at /app/. */
import { install } from './install.mjs';
import { run } from './run.mjs';
import { buildWalletApp } from './wallet-app.mjs';

await install();
await buildWalletApp();
await run('bank/src/main.ts');
