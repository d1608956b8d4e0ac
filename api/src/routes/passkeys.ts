import type { Route } from '../route.ts';

export const passkeyRoutes = {} as const satisfies Readonly<Record<string, Route>>;
