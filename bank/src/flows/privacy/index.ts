export type { PrivacyDeps } from './privacy.ts';
export { privacyRoutes } from './privacy.ts';
