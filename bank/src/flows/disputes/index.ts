/** What people say is wrong with payments of theirs (decisions/0039). */
export type { DisputeDeps } from './routes.ts';
export { disputeRoutes } from './routes.ts';
