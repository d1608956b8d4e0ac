// @ts-check
/**
 * `npm run crash`: the bank's processes are killed before and after each statement of a batch of
 * 200 payments, and what it changed is compared with what an undisturbed one does
 * (docs/crashes.md).
 */
process.env['SIKKA_CRASH'] = 'every';
process.argv.splice(2, process.argv.length, 'killed-at-every-statement');
await import('./test.mjs');
