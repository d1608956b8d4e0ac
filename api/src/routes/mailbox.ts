import type { Route } from '../route.ts';

export const mailboxRoutes = {} as const satisfies Readonly<Record<string, Route>>;
