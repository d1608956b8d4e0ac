import { hex } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import { tillOf } from '../../devices/index.ts';
import type { Till } from '../../devices/index.ts';
import { readScores } from '../../risk/index.ts';
import { paymentStates } from '../../settlement/index.ts';
import { answerPush, wireBundle } from './answers.ts';
import { answerKnown, takeIn } from './intake.ts';
import type { IntakeDeps, TakenIn } from './intake.ts';
import { openSigned, proveBody } from './open.ts';
import type { NotTaken, OpeningDeps } from './open.ts';
import type { PushedBundle } from '../operations/index.ts';
import { findBundle } from './store/bundles.ts';
import { readBundle, readListed } from './store/reading.ts';
import { timeOf, transactionsOf } from './transactions.ts';

export interface BundleDeps extends IntakeDeps, OpeningDeps {
  /** Told of every bundle at its first answer, also of those that left no row. */
  readonly observe: (bundle: PushedBundle) => void;
}

/** Tills' bundles: pushed by whoever holds them, read by staff. */
export function bundleRoutes(deps: BundleDeps): Handlers<'pushBundle' | 'getBundle'> {
  return {
    pushBundle: (call) => push(deps, call),
    getBundle: (call) => read(deps, call),
  };
}

type Push = Pick<Call<'pushBundle'>, 'body' | 'now'>;

async function push(deps: BundleDeps, call: Push): Promise<Reply<'pushBundle'>> {
  const { body, now } = call;
  const till = await tillOf(deps.pool, body.device_id);
  if (till === undefined) return refuse(deps, call, noTill);
  const taken = till.status === 'active' ? await take(deps, till, call) : notActive;
  if ('ok' in taken) return refuse(deps, call, taken);
  switch (taken.kind) {
    case 'first':
      deps.observe(taken.bundle);
      return answerPush(taken.bundle, taken.kind);
    case 'again':
      return answerPush(taken.bundle, taken.kind);
    case 'conflict':
      return refuse(deps, { body, now }, conflict);
    case 'not_active':
      return refuse(deps, { body, now }, notActive);
  }
}

/** In the order of decisions/0026: no row before the content is read and says the outer ids. */
async function take(deps: BundleDeps, till: Till, call: Push): Promise<NotTaken | TakenIn> {
  const { body, now } = call;
  const proved = await proveBody(deps, body, till);
  if (!proved.ok) return proved;
  const signed = proved.value;
  const first = await findBundle(deps.pool, body.bundle_id);
  if (first !== undefined) return answerKnown(deps.pool, { first, till, signed });
  const named = { bundleId: body.bundle_id, deviceId: body.device_id, now };
  const opened = await openSigned(deps, signed, named);
  if (!opened.ok) return opened;
  const bundle = opened.value;
  const clock = timeOf(bundle.deviceClock);
  if (clock === undefined) return noClock;
  const transactions = transactionsOf(bundle.carrier);
  return takeIn(deps, { till, signed, bundle, clock, transactions, now });
}

/** What left no row of its own is in the audit chain, and nothing else happened. */
async function refuse(
  { pool, observe }: BundleDeps,
  { body, now }: Push,
  { why, ...refused }: NotTaken,
): Promise<Refused> {
  observe({ verdict: 'rejected', score: undefined });
  const event = {
    actor: 'anonymous',
    action: 'bundle.refused',
    subject: `till:${body.device_id}`,
    outcome: why,
    details: { bundle: body.bundle_id },
  };
  await inTransaction(pool, (tx) => record(tx, [event], now));
  return refused;
}

async function read(
  { pool }: BundleDeps,
  { params }: Pick<Call<'getBundle'>, 'params'>,
): Promise<Reply<'getBundle'>> {
  const bundle = await readBundle(pool, params.bundle_id);
  if (bundle === undefined) return noBundle;
  const listed = await readListed(pool, bundle.id);
  const states = await paymentStates(
    pool,
    listed.flatMap(({ documentId }) => documentId ?? []),
  );
  const kept = await readScores(pool, `bundle:${hex(bundle.payloadHash)}`);
  const scores = new Map(kept.map(({ item, score }) => [item, score]));
  const wire = wireBundle(bundle, listed, { states, scores });
  return { ok: true, status: 200, value: { success: true, bundle: wire } };
}

const noTill = {
  ok: false,
  code: 'till/not_found',
  detail: 'No device has this id.',
  why: 'till/not_found',
} as const;
const notActive = {
  ok: false,
  code: 'till/not_active',
  detail: 'The bank takes nothing from this device now.',
  why: 'till/not_active',
} as const;
const conflict = {
  ok: false,
  code: 'bundle/conflict',
  detail: 'Another bundle has this id. Bundle the same transactions under a new one.',
  why: 'bundle/conflict',
} as const;
const noClock = {
  ok: false,
  code: 'bundle/invalid',
  detail: 'The bundle’s device_clock is no time.',
  why: 'bundle/clock_unreadable',
} as const;
const noBundle = {
  ok: false,
  code: 'bundle/not_found',
  detail: 'No bundle has this id.',
} as const;
