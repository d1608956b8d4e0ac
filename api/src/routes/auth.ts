import type { Route } from '../route.ts';

export const authRoutes = {} as const satisfies Readonly<Record<string, Route>>;
