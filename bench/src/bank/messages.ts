import type { Profiler } from 'node:inspector';

/** What goes between a run and its bank's process. */
export type Ask =
  | {
      readonly kind: 'tokens';
      readonly accounts: readonly string[];
      readonly lifetimeSeconds: number;
    }
  /** How late its event loop is, from the first to the next. */
  | { readonly kind: 'watch' }
  | { readonly kind: 'watched' }
  | { readonly kind: 'memory' }
  /** What its thread does in the next seconds. */
  | { readonly kind: 'profile'; readonly seconds: number };

/** Bytes of the bank's process. */
export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  /** Of buffers. */
  readonly external: number;
}

export type Told =
  | ({ readonly kind: 'memory' } & Memory)
  | { readonly kind: 'profile'; readonly profile: Profiler.Profile }
  | { readonly kind: 'ready'; readonly url: string; readonly databaseUrl: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'watching' }
  | { readonly kind: 'delay'; readonly p99Ms: number }
  | { readonly kind: 'tokens'; readonly tokens: readonly string[] };
