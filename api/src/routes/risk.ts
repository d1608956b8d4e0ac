import type { TSchema } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { RISK_FACT_NAMES, RISK_FACTS, RISK_OPS } from '../risk.ts';
import type { Route } from '../route.ts';
import { Closed, Nullable, OneOf, PageSize, Timestamp } from '../shapes.ts';

const Comparison = Closed(
  {
    fact: OneOf(RISK_FACT_NAMES),
    op: Type.String({ enum: [...RISK_OPS], pattern: '^(=|!=|<|<=|>|>=)$' }),
    value: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  },
  'RiskComparison',
);

const list = <S extends TSchema>(of: S) => Type.Array(of, { minItems: 1, maxItems: 8 });
const allOf = <S extends TSchema>(of: S) => Closed({ all: list(of) });
const anyOf = <S extends TSchema>(of: S) => Closed({ any: list(of) });
const Term = Type.Union([Comparison, allOf(Comparison), anyOf(Comparison)]);

const AtLeast = Closed({ at_least: OneOf(['review', 'quarantine']) });
const Add = Closed({
  add: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Ten thousandths of a score.' }),
});

const facts = Object.entries(RISK_FACTS).map(([name, meaning]) => `\`${name}\`: ${meaning}.`);

export const RiskRule = Closed(
  {
    code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
    when: Type.Union([allOf(Term), anyOf(Term)]),
    then: Type.Union([Add, AtLeast]),
  },
  'RiskRule',
);

const Status = OneOf(['draft', 'back_tested', 'shadow', 'active', 'retired']);
const Version = Type.Integer({ minimum: 1 });
const Counts = Type.Object({
  accept: Type.Integer(),
  review: Type.Integer(),
  quarantine: Type.Integer(),
});

export const RiskBackTest = Type.Object(
  {
    days: Type.Integer(),
    items: Type.Integer(),
    complete: Type.Boolean({ description: 'False where there was more than was looked at.' }),
    before: Counts,
    after: Counts,
    stricter: Type.Integer({ description: 'Items that these rules would treat more strictly.' }),
    milder: Type.Integer(),
    cheats: Type.Object(
      { items: Type.Integer(), held_before: Type.Integer(), held_after: Type.Integer() },
      { description: 'Of payers who are proved to have signed what cannot both be true.' },
    ),
    fired: Type.Array(Type.Object({ code: Type.String(), items: Type.Integer() })),
  },
  { title: 'RiskBackTest' },
);

const summary = {
  version: Version,
  name: Type.String(),
  status: Status,
  rules: Type.Integer({ description: 'How many.' }),
  author: Type.String(),
  created_at: Timestamp,
  activated_by: Nullable(Type.String()),
  activated_at: Nullable(Timestamp),
};
export const RiskRulesSummary = Type.Object(summary, { title: 'RiskRulesSummary' });

const Act = OneOf([
  ...(['created', 'back_tested', 'shadowed', 'unshadowed'] as const),
  ...(['activated', 'retired', 'restored'] as const),
]);

export const RiskRules = Type.Object(
  {
    ...summary,
    document: Type.Array(RiskRule),
    history: Type.Array(
      Type.Object({
        act: Act,
        by: Type.String(),
        at: Timestamp,
        report: Nullable(RiskBackTest),
      }),
    ),
  },
  { title: 'RiskRules' },
);

const at = '2026-11-21T10:00:00.000Z';
const rule = {
  code: 'night_at_a_new_device',
  when: {
    all: [
      { fact: 'device_age_hours', op: '<', value: 72 },
      {
        any: [
          { fact: 'device_hour_distance', op: '>=', value: 4 },
          { fact: 'payer_hour_distance', op: '>=', value: 5 },
        ],
      },
    ],
  },
  then: { at_least: 'review' },
};
const summaryExample = {
  ...{ version: 3, name: 'nights', status: 'draft', rules: 1, author: 'rabia', created_at: at },
  ...{ activated_by: null, activated_at: null },
};
const report = {
  ...{ days: 30, items: 1_200, complete: true, stricter: 9, milder: 0 },
  before: { accept: 1_180, review: 15, quarantine: 5 },
  after: { accept: 1_171, review: 24, quarantine: 5 },
  cheats: { items: 4, held_before: 2, held_after: 3 },
  fired: [{ code: rule.code, items: 9 }],
};
const created = { act: 'created', by: 'rabia', at, report: null };
const rulesExample = { ...summaryExample, document: [rule], history: [created] };
const tested = { act: 'back_tested', by: 'rabia', at, report };
const testedExample = { ...rulesExample, status: 'back_tested', history: [created, tested] };

const OfVersion = Closed({ version: Type.String({ pattern: '^[1-9][0-9]{0,8}$', maxLength: 9 }) });
const whole = { type: 'json', schema: RiskRules } as const;
const risk = { tag: 'Risk', auth: 'account', roles: ['risk'], limit: 'other' } as const;

/** Rules of risk, as data: draft, back-tested, shadow, active; four eyes; the way back. */
export const riskRoutes = {
  listRiskRules: {
    ...risk,
    method: 'GET',
    path: '/api/v1/operator/risk/rules',
    summary: 'Versions of the rules, newest first',
    description: 'Where none is active, the rules that the bank comes with decide (version 0).',
    query: Closed({ limit: Type.Optional(PageSize) }),
    cursor: true,
    statuses: { 200: 'At most `limit`.' },
    answer: {
      type: 'json',
      schema: Type.Object({ versions: Type.Array(RiskRulesSummary) }, { title: 'RiskRulesList' }),
      example: { versions: [summaryExample] },
    },
    problems: [],
  },
  createRiskRules: {
    ...risk,
    method: 'POST',
    path: '/api/v1/operator/risk/rules',
    summary: 'Write a version of the rules; it decides nothing yet',
    description:
      `A rule adds to the score, or lifts it to where an action begins; none lowers it. ` +
      `Facts are whole numbers. ${facts.join(' ')}`,
    body: {
      type: 'json',
      schema: Closed(
        {
          name: Type.String({
            pattern: '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$',
            minLength: 3,
            maxLength: 60,
          }),
          rules: Type.Array(RiskRule, { maxItems: 50 }),
        },
        'NewRiskRules',
      ),
      example: { name: 'nights', rules: [rule] },
      maxBytes: 131_072,
    },
    statuses: { 201: 'Kept as a draft.' },
    answer: { ...whole, example: rulesExample },
    problems: ['risk/rules_invalid'],
  },
  getRiskRules: {
    ...risk,
    method: 'GET',
    path: '/api/v1/operator/risk/rules/{version}',
    summary: 'A version: its rules, who did what with it, its back-tests',
    params: OfVersion,
    statuses: { 200: 'The version.' },
    answer: { ...whole, example: testedExample },
    problems: ['risk/rules_not_found'],
  },
  backTestRiskRules: {
    ...risk,
    method: 'POST',
    path: '/api/v1/operator/risk/rules/{version}/back-test',
    summary: 'Score past items again with these rules, and keep the report',
    description:
      'The newest 20,000 items of these days, by the facts that were kept with each score, the ' +
      'thresholds of 0.15 and 0.35 and the model of now. Moves a draft on; changes nothing else.',
    params: OfVersion,
    body: {
      type: 'json',
      schema: Closed({ days: Type.Integer({ minimum: 1, maximum: 90 }) }, 'RiskBackTestOrder'),
      example: { days: 30 },
    },
    statuses: { 200: 'With the report as the last of its history.' },
    answer: { ...whole, example: testedExample },
    problems: ['risk/rules_not_found'],
  },
  shadowRiskRules: {
    ...risk,
    method: 'POST',
    path: '/api/v1/operator/risk/rules/{version}/shadow',
    summary: 'Let a back-tested version watch: it scores beside the active one and decides nothing',
    description: 'The one that watched before goes back to `back_tested`.',
    params: OfVersion,
    statuses: { 200: 'As it is now.' },
    answer: { ...whole, example: { ...testedExample, status: 'shadow' } },
    problems: ['risk/rules_not_found', 'risk/status_conflict'],
  },
  activateRiskRules: {
    ...risk,
    method: 'POST',
    path: '/api/v1/operator/risk/rules/{version}/activate',
    summary: 'Let the version that watches decide; by somebody other than its author',
    description: 'The one that decided before is retired.',
    params: OfVersion,
    statuses: { 200: 'As it is now.' },
    answer: {
      ...whole,
      example: { ...testedExample, status: 'active', activated_by: 'sana', activated_at: at },
    },
    problems: ['risk/rules_not_found', 'risk/status_conflict', 'risk/own_rules'],
  },
  rollBackRiskRules: {
    ...risk,
    method: 'POST',
    path: '/api/v1/operator/risk/rules/{version}/roll-back',
    summary: 'Retire the active version; the one before it decides again',
    description:
      'One person may: what decides again has been activated by four eyes before. Where no ' +
      'version was active before, the rules that the bank comes with decide.',
    params: OfVersion,
    statuses: { 200: 'As it is now: retired.' },
    answer: {
      ...whole,
      example: { ...testedExample, status: 'retired', activated_by: 'sana', activated_at: at },
    },
    problems: ['risk/rules_not_found', 'risk/status_conflict'],
  },
} as const satisfies Readonly<Record<string, Route>>;
