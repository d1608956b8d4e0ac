// @ts-check
/** Node 20 reads no TypeScript by itself, and a thread inherits no loader. */
import { register } from 'tsx/esm/api';

register();
await import('./verifier-thread.ts');
