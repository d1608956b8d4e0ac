import type { Route } from '../route.ts';

export const peopleRoutes = {} as const satisfies Readonly<Record<string, Route>>;
