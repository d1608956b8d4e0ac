// @ts-check
/** `npm run shots`: pictures of every screen of the wallet app, from a real browser. */
import { findBrowser } from './browser.mjs';
import { install } from './install.mjs';
import { run } from './run.mjs';
import { buildWalletApp } from './wallet-app.mjs';

await install();
await buildWalletApp();
process.env['CHROMIUM_PATH'] = (await findBrowser()) ?? '';
await run('stories/shots/main.ts');
