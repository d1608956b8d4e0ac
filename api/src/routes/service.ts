import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, Id, Seconds, SuiteName, Timestamp } from '../shapes.ts';

export const Health = Type.Object(
  {
    status: Type.Literal('healthy'),
    database: Type.Literal('connected'),
    version: Type.String(),
  },
  { title: 'Health' },
);

export const Ready = Type.Object(
  { status: Type.Literal('ready'), server_time: Timestamp },
  { title: 'Ready' },
);

export const IssuerKey = Type.Object(
  {
    number: Type.Integer({ minimum: 1, maximum: 65_535 }),
    suite: SuiteName,
    public_key: Type.String({ description: 'As spec/suites.md §1 says, base64url.' }),
    from: Seconds,
    until: Seconds,
  },
  { title: 'IssuerKey' },
);

export const IssuerKeySet = Type.Object(
  {
    bank: Type.String({ description: 'The bank’s text id, which documents name.' }),
    log_id: Id,
    keys: Type.Array(IssuerKey),
  },
  { title: 'IssuerKeySet' },
);

const Asset = Closed({ asset: Type.String({ pattern: '^[a-z0-9.-]{1,40}$', maxLength: 40 }) });

export const serviceRoutes = {
  getHome: {
    method: 'GET',
    path: '/',
    tag: 'Service',
    summary: 'A page that says what runs here',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'The page.' },
    answer: { type: 'page', mediaType: 'text/html' },
    problems: [],
  },
  getStyle: {
    method: 'GET',
    path: '/style.css',
    tag: 'Service',
    summary: 'The style of that page',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'The style sheet.' },
    answer: { type: 'page', mediaType: 'text/css' },
    problems: [],
  },
  getHealth: {
    method: 'GET',
    path: '/health',
    tag: 'Service',
    summary: 'Whether the bank and its database answer',
    auth: 'public',
    limit: 'none',
    statuses: { 200: 'Both do.' },
    answer: {
      type: 'json',
      schema: Health,
      example: { status: 'healthy', database: 'connected', version: '0.1.0' },
    },
    problems: [],
  },
  getReady: {
    method: 'GET',
    path: '/ready',
    tag: 'Service',
    summary: 'Whether to send work here',
    description: 'Not while starting or stopping: a load balancer asks this one.',
    auth: 'public',
    limit: 'none',
    statuses: { 200: 'Send it.' },
    answer: {
      type: 'json',
      schema: Ready,
      example: { status: 'ready', server_time: '2026-11-20T10:00:00.000Z' },
    },
    problems: [],
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    tag: 'Service',
    summary: 'Counters for Prometheus',
    description: 'In production only with METRICS_TOKEN; for everybody else there is nothing here.',
    auth: 'public',
    limit: 'none',
    headers: ['authorization'],
    statuses: { 200: 'In the text format of Prometheus.' },
    answer: { type: 'page', mediaType: 'text/plain; version=0.0.4' },
    problems: ['request/not_found'],
  },
  getDocs: {
    method: 'GET',
    path: '/docs',
    tag: 'Service',
    summary: 'A page to read this description and to try the routes',
    auth: 'public',
    limit: 'other',
    only: 'not_production',
    statuses: { 200: 'The page.' },
    answer: { type: 'page', mediaType: 'text/html' },
    problems: [],
  },
  getDocsAsset: {
    method: 'GET',
    path: '/docs/{asset}',
    tag: 'Service',
    summary: 'What that page consists of',
    auth: 'public',
    limit: 'other',
    only: 'not_production',
    params: Asset,
    statuses: { 200: 'One file of it.' },
    answer: { type: 'file', mediaTypes: ['text/javascript', 'text/css'] },
    problems: ['request/not_found'],
  },
  getRedoc: {
    method: 'GET',
    path: '/redoc',
    tag: 'Service',
    summary: 'A page to read this description from beginning to end',
    auth: 'public',
    limit: 'other',
    only: 'not_production',
    statuses: { 200: 'The page.' },
    answer: { type: 'page', mediaType: 'text/html' },
    problems: [],
  },
  getRedocAsset: {
    method: 'GET',
    path: '/redoc/{asset}',
    tag: 'Service',
    summary: 'What that page consists of',
    auth: 'public',
    limit: 'other',
    only: 'not_production',
    params: Asset,
    statuses: { 200: 'One file of it.' },
    answer: { type: 'file', mediaTypes: ['text/javascript'] },
    problems: ['request/not_found'],
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'Service',
    summary: 'This description',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'OpenAPI 3.1.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          openapi: Type.String(),
          info: Type.Unknown(),
          paths: Type.Unknown(),
          webhooks: Type.Unknown(),
          components: Type.Unknown(),
          servers: Type.Optional(Type.Unknown()),
          tags: Type.Optional(Type.Unknown()),
        },
        { title: 'OpenApi' },
      ),
      example: { openapi: '3.1.0', info: {}, paths: {}, webhooks: {}, components: {} },
    },
    etag: true,
    problems: [],
  },
  getIssuerKeys: {
    method: 'GET',
    path: '/.well-known/sikka-issuer-keys.json',
    tag: 'Verification',
    summary: 'The keys that the bank’s documents are verified with',
    description: 'Pin them at enrolment; later ones come in bulletins (spec/suites.md §3).',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'Every key that still verifies something.' },
    answer: {
      type: 'json',
      schema: IssuerKeySet,
      example: {
        bank: 'sikka-demo',
        log_id: 'ab'.repeat(32),
        keys: [
          {
            number: 1,
            suite: 'ES256',
            public_key: 'A'.repeat(44),
            from: 1_795_000_000,
            until: 1_830_000_000,
          },
        ],
      },
    },
    etag: true,
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
