import type { Route } from '../route.ts';

export const transactionRoutes = {} as const satisfies Readonly<Record<string, Route>>;
