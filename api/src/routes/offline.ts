import type { Route } from '../route.ts';

export const offlineRoutes = {} as const satisfies Readonly<Record<string, Route>>;
