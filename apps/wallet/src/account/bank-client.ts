import { createThinClient } from '@sikka/api/thin';
import type { Client } from '@sikka/api/thin';
import { THIN_ROUTES } from 'virtual:thin-routes';
import type { CalledRoute } from './routes.ts';

/** The calls this app makes; none throws. */
export type AppClient = Pick<Client, CalledRoute>;

export interface AppClientParts {
  readonly origin: string;
  /** The access token, fresh; undefined where nobody is signed in or the bank cannot be reached. */
  readonly token: () => Promise<string | undefined>;
}

/** The bank that serves this page. */
export function openBankClient({ origin, token }: AppClientParts): AppClient {
  return createThinClient<CalledRoute>(THIN_ROUTES, { baseUrl: origin, token });
}
