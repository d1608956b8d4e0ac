// @ts-check
/**
 * `npm run crash`: the bank's processes are killed before and after each statement of a batch of
 * 200 payments, and what it changed is compared with what an undisturbed one does.
 * `npm run crash -- --kills 200`: random kills and other faults while people move money at two
 * nodes, and what they were told is compared with what is left (docs/crashes.md).
 */
if (process.argv.includes('--kills')) {
  const { run } = await import('./run.mjs');
  await run('stories/jepsen/main.ts');
} else {
  process.env['SIKKA_CRASH'] = 'every';
  process.argv.splice(2, process.argv.length, 'killed-at-every-statement');
  await import('./test.mjs');
}
