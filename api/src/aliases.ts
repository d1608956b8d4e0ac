import type { Method } from './route.ts';
import type { RouteName } from './routes.ts';

/** Another path to a row of the table, by which older clients call it. */
export interface Alias {
  readonly method: Method;
  /** With the parameters that the row's own path names. */
  readonly path: string;
  readonly of: RouteName;
}

/**
 * Same method, parameters, body and answer as the row; limits, logs and idempotency go by the
 * row's name, so that no path is a second bucket.
 */
export const ALIASES: readonly Alias[] = [];
