import type { AnswerOf, Routes } from '@sikka/api';
import type { Call, Caller, Handlers, Refused, Reply } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import { limits } from './limits.ts';
import type { Weights } from './model.ts';
import { readRules } from './rules.ts';
import { readRuleEvents, readVersion, readVersions } from './store/index.ts';
import type { RuleVersion } from './store/index.ts';
import { activate, backTest, draft, rollBack, shadow } from './versions.ts';
import type { Act, Outcome, Refusal } from './versions.ts';

type RiskRoutes =
  | 'listRiskRules'
  | 'createRiskRules'
  | 'getRiskRules'
  | 'backTestRiskRules'
  | 'shadowRiskRules'
  | 'activateRiskRules'
  | 'rollBackRiskRules';

export interface RiskRouteDeps {
  readonly pool: Pool;
  readonly weights: Weights;
}

export function riskRoutes(deps: RiskRouteDeps): Handlers<RiskRoutes> {
  const { pool } = deps;
  return {
    listRiskRules: (call) => listRules(pool, call),
    createRiskRules: async ({ caller, body, now }) => {
      const read = readRules(body.rules);
      if (!read.ok) {
        const { detail } = read;
        const errors = [{ pointer: `/rules${read.pointer}`, detail }];
        return { ok: false, code: 'risk/rules_invalid', detail, errors };
      }
      const rules = { name: body.name, set: read.rules };
      return answer(pool, await draft(pool, rules, actOf(caller, now)), 201);
    },
    getRiskRules: async ({ params }) => answer(pool, Number(params.version), 200),
    backTestRiskRules: async ({ caller, params, body, now }) => {
      const version = Number(params.version);
      const ask = { version, days: body.days };
      return done(pool, version, await backTest(deps, ask, actOf(caller, now)));
    },
    shadowRiskRules: (call) => change(pool, call, shadow),
    activateRiskRules: (call) => change(pool, call, activate),
    rollBackRiskRules: (call) => change(pool, call, rollBack),
  };
}

async function listRules(
  pool: Pool,
  { query, cursor }: Call<'listRiskRules'>,
): Promise<Reply<'listRiskRules'>> {
  const before = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && before === undefined) return badCursor;
  const most = query.limit === undefined ? limits.versionsOnPage : Number(query.limit);
  const rows = await readVersions(pool, { before, most: most + 1 });
  const page = rows.slice(0, most);
  const last = rows.length > most ? page.at(-1) : undefined;
  const headers: Readonly<Record<string, string>> =
    last === undefined ? {} : { 'x-next-cursor': String(last.version) };
  return { ok: true, status: 200, value: { versions: page.map(wireSummary) }, headers };
}

function readCursor(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

async function change(
  pool: Pool,
  { caller, params, now }: Pick<Call<'shadowRiskRules'>, 'caller' | 'params' | 'now'>,
  act: (pool: Pool, version: number, act: Act) => Promise<Outcome>,
): Promise<Reply<'getRiskRules'>> {
  const version = Number(params.version);
  return done(pool, version, await act(pool, version, actOf(caller, now)));
}

async function done(pool: Pool, version: number, outcome: Outcome): Promise<Reply<'getRiskRules'>> {
  if (outcome !== undefined) return { ok: false, code: outcome, detail: SENTENCES[outcome] };
  return answer(pool, version, 200);
}

const SENTENCES: Readonly<Record<Refusal, string>> = {
  'risk/rules_not_found': 'There is no such version of the rules.',
  'risk/status_conflict': 'The version is not in the status that this would change.',
  'risk/own_rules': 'Somebody other than their author activates rules.',
};

const badCursor: Refused = {
  ok: false,
  code: 'request/invalid',
  detail: 'The cursor is not one that an answer of this route gave.',
};

function actOf({ accountId, account }: Caller, at: Date): Act {
  return { by: { accountId, account }, at };
}

type Wire = AnswerOf<Routes['getRiskRules']>;
type Report = Wire['history'][number]['report'];

async function answer(pool: Pool, version: number, status: number): Promise<Reply<'getRiskRules'>> {
  const found = await readVersion(pool, version);
  if (found === undefined) return done(pool, version, 'risk/rules_not_found');
  const events = await readRuleEvents(pool, version);
  const history = events.map(({ act, by, at, report }) => {
    return { act, by, at: at.toISOString(), report: report as Report };
  });
  // As it was read before it was stored.
  const document = found.document as Wire['document'];
  return { ok: true, status, value: { ...wireSummary(found), document, history } };
}

function wireSummary(found: RuleVersion): AnswerOf<Routes['listRiskRules']>['versions'][number] {
  return {
    version: found.version,
    name: found.name,
    status: found.status,
    rules: Array.isArray(found.document) ? found.document.length : 0,
    author: found.author,
    created_at: found.createdAt.toISOString(),
    activated_by: found.activator ?? null,
    activated_at: found.activatedAt?.toISOString() ?? null,
  };
}
