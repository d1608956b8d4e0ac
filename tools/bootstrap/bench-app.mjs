// @ts-check
/** `npm run bench:app`: how long the wallet app takes to be usable, in a real browser. */
import { findBrowser } from './browser.mjs';
import { install } from './install.mjs';
import { run } from './run.mjs';
import { buildWalletApp } from './wallet-app.mjs';

await install();
await buildWalletApp();
process.env['CHROMIUM_PATH'] = (await findBrowser()) ?? '';
await run('bench/src/app/main.ts');
