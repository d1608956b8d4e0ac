/** Writes `.env.example` from the bank's own table of settings; a test says when it must be run. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { envExample } from './env-example/text.ts';

writeFileSync(fileURLToPath(new URL('../.env.example', import.meta.url)), envExample());
