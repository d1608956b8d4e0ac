import type { Route } from '../route.ts';

export const privacyRoutes = {} as const satisfies Readonly<Record<string, Route>>;
