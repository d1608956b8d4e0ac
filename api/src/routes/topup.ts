import type { Route } from '../route.ts';

export const topUpRoutes = {} as const satisfies Readonly<Record<string, Route>>;
