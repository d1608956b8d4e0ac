import type { Route } from '../route.ts';

export const eventRoutes = {} as const satisfies Readonly<Record<string, Route>>;
