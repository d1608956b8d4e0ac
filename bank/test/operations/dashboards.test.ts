import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readExposition } from '../http/exposition.ts';
import type { Family } from '../http/exposition.ts';
import { startStaffedBank } from '../support/staffed-bank.ts';
import type { StaffedBank } from '../support/staffed-bank.ts';
import { readRules } from './rules.ts';

const deploy = (file: string) => fileURLToPath(new URL(`../../../deploy/${file}`, import.meta.url));
const rulesFile = deploy('prometheus/rules.yml');
const rules = readRules(readFileSync(rulesFile, 'utf8'));

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets: readonly { readonly expr: string }[];
}
const board = JSON.parse(readFileSync(deploy('grafana/sikka.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
};

const NAMED = [
  ...['offline_bundles_pushed_total', 'offline_bundles_accepted_total'],
  ...['offline_bundles_rejected_total', 'offline_reconciliation_duration_seconds'],
  ...['offline_sira_score_distribution', 'sikka_outcomes_total', 'sikka_inbox_depth'],
  ...['sikka_inbox_oldest_seconds', 'sikka_held_items', 'sikka_reviews_open'],
  ...['sikka_exposure_minor', 'sikka_double_spends_total', 'sikka_nightly_ok'],
  ...['sikka_cases_open', 'sikka_guarantee_minor'],
];

let bank: StaffedBank;
let families: ReadonlyMap<string, Family>;
beforeAll(async () => {
  bank = await startStaffedBank();
  families = readExposition(await (await bank.fetch('/metrics')).text());
});
afterAll(() => bank.stop());

/** Names of metrics in an expression: what is neither a function, a label, a number nor a text. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '""')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|without)\s*\([^)]*\)/g, '')
    .replace(/\boffset \w+/g, '');
  return [...bare.matchAll(/\b[a-z_][a-z0-9_]*\b(?!\s*\()/g)].flatMap(([name]) =>
    ['and', 'or', 'unless', 'by'].includes(name) ? [] : [name],
  );
}

/** `name_count` and the like belong to the histogram `name`, where there is one. */
function isShown(name: string): boolean {
  const histogram = /^(.*)_(bucket|sum|count)$/.exec(name)?.[1];
  const owner = histogram === undefined ? undefined : families.get(histogram);
  return families.has(name) || owner?.type === 'histogram';
}

function checkExpression(expr: string): void {
  for (const [open, close] of ['()', '[]', '{}']) {
    expect(expr.split(open!).length, expr).toBe(expr.split(close!).length);
  }
  const names = metricsIn(expr);
  expect(names, expr).not.toEqual([]);
  for (const name of names) expect(isShown(name), `${name} in ${expr}`).toBe(true);
}

test.each(NAMED)('/metrics shows %s', (name) => {
  expect(families.get(name)?.help).toMatch(/\.$/);
});

describe('alert rules', () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (_, rule) => {
    checkExpression(rule.expr);
    expect(['page', 'ticket']).toContain(rule.severity);
    expect(rule.summary).toMatch(/[.?]$/);
    expect(rule.for ?? '1m').toMatch(/^\d+[smhd]$/);
  });

  test('no two have one name', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  test('a name that nobody shows is found', () => {
    expect(() => checkExpression('max(sikka_inbox_depht) > 1')).toThrow('sikka_inbox_depht');
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  test.skipIf(!promtool)('promtool reads them (skipped where it is not installed)', () => {
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', rulesFile]);
    expect([status, String(stderr)]).toEqual([0, '']);
  });
});

describe('the board', () => {
  test.each(board.panels.map((panel) => [panel.title, panel] as const))('%s', (_, panel) => {
    expect(panel.targets).not.toEqual([]);
    for (const { expr } of panel.targets) checkExpression(expr);
    const { x, w } = panel.gridPos;
    expect(x + w).toBeLessThanOrEqual(24);
  });

  test('no panel lies on another', () => {
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}:${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
  });
});

test('finance reads the night’s report; who has no token does not', async () => {
  const path = '/api/v1/operator/nightly-checks';
  await vi.waitFor(
    async () => {
      const { status, body } = await bank.ask(bank.firstFinance, path);
      expect(status).toBe(200);
      const found = { sums: 0, balances: 0, settlement_days: 0, audit_chain: 0 };
      // After midnight there are two.
      const [first] = body['checks'] as readonly unknown[];
      expect(first).toMatchObject({ ok: true, report: { found } });
    },
    { timeout: 40_000, interval: 250 },
  );
  expect((await bank.ask(undefined, path)).status).toBe(401);
});
