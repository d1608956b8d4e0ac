import type { RiskAction } from '@sikka/api';
import type { Weights } from './model.ts';
import { firing } from './rules.ts';
import { DEFAULT_RISK_POLICY, score } from './score.ts';
import type { VersionedRules } from './score.ts';
import type { PastScore } from './store/index.ts';

/** What a version of the rules would have done with what came in. */
export interface BackTest {
  readonly items: number;
  readonly before: Readonly<Record<RiskAction, number>>;
  readonly after: Readonly<Record<RiskAction, number>>;
  readonly stricter: number;
  readonly milder: number;
  readonly cheats: {
    readonly items: number;
    readonly held_before: number;
    readonly held_after: number;
  };
  /** By rule, in their order. */
  readonly fired: readonly { readonly code: string; readonly items: number }[];
}

/** Adds pages up; `report` may be asked at any time. */
export interface BackTesting {
  add(page: readonly PastScore[]): void;
  report(): BackTest;
}

const SEVERITY: Readonly<Record<RiskAction, number>> = { accept: 0, review: 1, quarantine: 2 };

/**
 * Scores past items again by the facts that were kept with them, with these rules, the default
 * thresholds and the model of now.
 */
export function startBackTest(rules: VersionedRules, weights: Weights): BackTesting {
  const before = { accept: 0, review: 0, quarantine: 0 };
  const after = { accept: 0, review: 0, quarantine: 0 };
  const moved = { stricter: 0, milder: 0 };
  const cheats = { items: 0, held_before: 0, held_after: 0 };
  const fired = new Map(rules.set.rules.map(({ code }) => [code, 0]));
  const add = (past: PastScore) => {
    const { action } = score(past.facts, DEFAULT_RISK_POLICY, rules, weights);
    before[past.action] += 1;
    after[action] += 1;
    const change = SEVERITY[action] - SEVERITY[past.action];
    if (change > 0) moved.stricter += 1;
    if (change < 0) moved.milder += 1;
    for (const { code } of firing(rules.set, past.facts)) {
      fired.set(code, (fired.get(code) ?? 0) + 1);
    }
    if (!past.cheat) return;
    cheats.items += 1;
    if (past.action !== 'accept') cheats.held_before += 1;
    if (action !== 'accept') cheats.held_after += 1;
  };
  return {
    add: (page) => page.forEach(add),
    report: () => ({
      ...{ items: before.accept + before.review + before.quarantine, before, after },
      ...{ ...moved, cheats },
      fired: [...fired].map(([code, items]) => ({ code, items })),
    }),
  };
}
