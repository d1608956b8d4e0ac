/** People and money to try things with. Never in production. */
export type { DemoAccountDeps } from './account-route.ts';
export { demoAccountRoute } from './account-route.ts';
export type { DemoPerson } from './people.ts';
export { DEMO_PASSWORD, DEMO_PEOPLE, shownPeople } from './people.ts';
export { seedDemo } from './seed.ts';
