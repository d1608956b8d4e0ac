import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { AnswerPacket, Closed, Id, NumberText, PageSize, Timestamp } from '../shapes.ts';

export const Bulletin = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    id: Id,
    issued_at: Timestamp,
    packet: AnswerPacket,
  },
  { title: 'Bulletin' },
);
export type Bulletin = Static<typeof Bulletin>;

export const Checkpoint = Type.Object(
  {
    number: Type.Integer({ minimum: 1 }),
    id: Id,
    log_size: Type.Integer({ minimum: 0 }),
    log_root: Id,
    audit_size: Type.Integer({ minimum: 0 }),
    audit_head: Id,
    at: Timestamp,
    packet: AnswerPacket,
  },
  { title: 'Checkpoint' },
);
export type Checkpoint = Static<typeof Checkpoint>;

const bulletin = {
  version: 9,
  id: 'ab'.repeat(32),
  issued_at: '2026-11-20T10:00:00.000Z',
  packet: 'hAkM',
};
const checkpoint = {
  number: 3,
  id: 'ab'.repeat(32),
  log_size: 12,
  log_root: 'cd'.repeat(32),
  audit_size: 40,
  audit_head: 'ef'.repeat(32),
  at: '2026-11-20T10:00:00.000Z',
  packet: 'hAkN',
};

export const logRoutes = {
  getLatestBulletin: {
    method: 'GET',
    path: '/api/v1/bulletins/latest',
    tag: 'Verification',
    summary: 'The newest bulletin: bank time, revocations, keys, policy epochs',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'The packet, of kind 9 and type 12.' },
    answer: { type: 'packet', first: 'application/json', schema: Bulletin, example: bulletin },
    problems: ['bulletin/not_found'],
  },
  getBulletin: {
    method: 'GET',
    path: '/api/v1/bulletins/{version}',
    tag: 'Verification',
    summary: 'One bulletin by its version',
    auth: 'public',
    limit: 'other',
    params: Closed({ version: NumberText }),
    statuses: { 200: 'The packet, of kind 9 and type 12.' },
    answer: { type: 'packet', first: 'application/json', schema: Bulletin, example: bulletin },
    problems: ['bulletin/not_found'],
  },
  getLatestCheckpoint: {
    method: 'GET',
    path: '/api/v1/log/checkpoints/latest',
    tag: 'Verification',
    summary: 'The bank’s newest commitment to both its logs',
    description: 'Keep it: from one to the next the log must be consistent (spec/log.md §3).',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'The packet, of kind 9 and type 13.' },
    answer: { type: 'packet', first: 'application/json', schema: Checkpoint, example: checkpoint },
    problems: ['log/not_found'],
  },
  listCheckpoints: {
    method: 'GET',
    path: '/api/v1/log/checkpoints',
    tag: 'Verification',
    summary: 'Checkpoints in order',
    auth: 'public',
    limit: 'other',
    query: Closed({ from: Type.Optional(NumberText), limit: Type.Optional(PageSize) }),
    statuses: { 200: 'From number `from`, at most `limit`.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          checkpoints: Type.Array(Checkpoint),
          next: Type.Optional(Type.Integer({ description: 'The next page’s `from`.' })),
        },
        { title: 'Checkpoints' },
      ),
      example: { checkpoints: [checkpoint] },
    },
    problems: [],
  },
  getConsistency: {
    method: 'GET',
    path: '/api/v1/log/consistency',
    tag: 'Verification',
    summary: 'A proof that the log of one size extends that of another',
    description: 'RFC 9162 §2.1.4.',
    auth: 'public',
    limit: 'other',
    query: Closed({ first: NumberText, second: NumberText }),
    statuses: { 200: 'The path.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          first: Type.Integer({ minimum: 0 }),
          second: Type.Integer({ minimum: 0 }),
          path: Type.Array(Id),
        },
        { title: 'Consistency' },
      ),
      example: { first: 4, second: 12, path: ['ab'.repeat(32)] },
    },
    problems: ['log/range_invalid'],
  },
} as const satisfies Readonly<Record<string, Route>>;
