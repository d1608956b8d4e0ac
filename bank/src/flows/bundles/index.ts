/** Bundles of tills: taken in, held where somebody has to look, and read. */
export type { BundleDeps } from './routes.ts';
export { bundleRoutes } from './routes.ts';
