/** What goes between a run and its bank's process. */
export interface Ask {
  readonly kind: 'tokens';
  readonly accounts: readonly string[];
  readonly lifetimeSeconds: number;
}

export type Told =
  | { readonly kind: 'ready'; readonly url: string; readonly databaseUrl: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly string[] };
