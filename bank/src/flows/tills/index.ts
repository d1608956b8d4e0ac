import type { Handlers } from '../../caller.ts';
import { fundingRoutes } from './funding.ts';
import type { FundingDeps } from './funding.ts';
import { policyRoutes } from './policies.ts';
import { registeredTillRoutes } from './tills.ts';

export type TillDeps = FundingDeps;

type TillRoutes =
  | keyof ReturnType<typeof registeredTillRoutes>
  | keyof ReturnType<typeof policyRoutes>
  | keyof ReturnType<typeof fundingRoutes>;

/** Tills of tenants: registered, switched off, funded, and bound by policies. */
export function tillRoutes(deps: TillDeps): Handlers<TillRoutes> {
  return { ...registeredTillRoutes(deps), ...policyRoutes(deps), ...fundingRoutes(deps) };
}
