// @ts-check
/**
 * `npm run sim:long`: ten thousand worlds of a thousand events each, on all cores. It says how far
 * it is, and ends with a line of JSON; `-- --from 4001 --seeds 500` takes a part, or goes on.
 */
const given = process.argv.splice(2).map((arg) => arg.replace(/^--from(?==|$)/, '--seed'));
process.argv.push('--seeds', '10000', '--events', '1000', '--json', ...given);
await import('./sim.mjs');
