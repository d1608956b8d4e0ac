// @ts-check
/** `npm run sim:long`: ten thousand worlds of a thousand events each, on all cores. */
process.argv.splice(2, 0, '--seeds', '10000', '--events', '1000');
await import('./sim.mjs');
