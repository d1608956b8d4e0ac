import { readFileSync } from 'node:fs';

const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

/** Of this program. */
export const VERSION: string = String((JSON.parse(file) as { version: unknown }).version);
