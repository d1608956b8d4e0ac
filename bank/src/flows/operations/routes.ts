import type { Handlers } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import { readChecks } from './store.ts';
import type { KeptCheck } from './store.ts';

const USUAL_CHECKS = 30;

/** What the staff read of the bank's own checks. */
export function operationsRoutes(deps: { readonly pool: Pool }): Handlers<'listNightlyChecks'> {
  return {
    listNightlyChecks: async ({ query }) => {
      const checks = await readChecks(deps.pool, Number(query.limit ?? USUAL_CHECKS));
      return { ok: true, status: 200, value: { checks: checks.map(wireCheck) } };
    },
  };
}

function wireCheck({ day, startedAt, finishedAt, ok, report }: KeptCheck) {
  return {
    day,
    started_at: startedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    ok,
    report,
  };
}
