/**
 * The house rules that a linter cannot see: who imports whom, sizes, banned calls, result codes
 * without a test. `npm run check` runs it; alone: `npx tsx tools/tidy.ts`.
 */
import { fileURLToPath } from 'node:url';
import { inspect } from './tidy/inspect.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const { files, findings } = inspect(root);
for (const { path, line, rule, message } of findings) {
  console.log(`${path}:${line} ${rule}: ${message}`);
}
const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
console.log(`${count} in ${files} files.`);
process.exitCode = findings.length === 0 ? 0 : 1;
