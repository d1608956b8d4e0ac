import type { Route } from '../route.ts';

export const keyRoutes = {} as const satisfies Readonly<Record<string, Route>>;
