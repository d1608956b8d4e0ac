import type { Till as WireTill } from '@sikka/api';
import { currencyOf, readDeviceKey } from '@sikka/protocol';
import type { DeviceKey } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Caller, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import {
  changeTillStatus,
  ensureFloat,
  floatsOf,
  lockTill,
  openTenant,
  registerTill,
  tenantByAlias,
  tillOf,
} from '../../devices/index.ts';
import type { Tenant, Till, TillStatus } from '../../devices/index.ts';
import type { Settlement } from '../../settlement/index.ts';
import { openBareAccount } from '../open-account.ts';

type TillRoutes = 'registerTill' | 'getTill' | 'revokeTill' | 'suspendTill' | 'activateTill';

interface RegisteredTillDeps {
  readonly pool: Pool;
  readonly settlement: Pick<Settlement, 'requeueOrders'>;
}

/** What operators do with tills. Each act is an audit event. */
export function registeredTillRoutes(deps: RegisteredTillDeps): Handlers<TillRoutes> {
  const { pool } = deps;
  return {
    registerTill: (call) => register(pool, call),
    getTill: async ({ params }) => answer(await tillOf(pool, params.device_id), 200),
    revokeTill: (call) => change(deps, call, 'revoked'),
    suspendTill: (call) => change(deps, call, 'suspended'),
    activateTill: (call) => change(deps, call, 'active'),
  };
}

async function register(
  pool: Pool,
  { caller, body, now }: Call<'registerTill'>,
): Promise<Reply<'registerTill'>> {
  const key = readDeviceKey(body.pubkey_pem);
  if (!key.ok) return { ok: false, code: 'till/key_invalid', detail: key.detail };
  const currency = currencyOf(body.currency_default)?.numeric;
  if (currency === undefined) return badCurrency;
  const registered = await inTransaction(pool, async (tx) => {
    const tenant = await tenantFor(tx, { caller, body, currency, now });
    await ensureFloat(tx, { tenant: tenant.no, currency, at: now });
    const { device_id: deviceId, country } = body;
    const by = { tenant: tenant.no, registeredBy: caller.accountId };
    const till = { ...by, deviceId, key: key.value, country, currency };
    if (!(await registerTill(tx, till, now))) return undefined;
    await recordTill(tx, caller, { deviceId, what: 'registered', key: key.value, now });
    return tillOf(tx, deviceId);
  });
  return registered === undefined ? exists : answer(registered, 201);
}

/** The tenant of this name; its first till opens it, with an account of its own. */
async function tenantFor(
  tx: Tx,
  ask: {
    readonly caller: Caller;
    readonly body: Call<'registerTill'>['body'];
    readonly currency: number;
    readonly now: Date;
  },
): Promise<Tenant> {
  const { caller, body, currency, now } = ask;
  const alias = { type: body.tenant_type, id: body.tenant_id };
  const known = await tenantByAlias(tx, alias);
  if (known !== undefined) return known;
  const actor = `account:${caller.account}`;
  const { accountId } = await openBareAccount(tx, { prefix: 't', currency, actor, now });
  return openTenant(tx, { ...alias, accountId, at: now });
}

async function change(
  { pool, settlement }: RegisteredTillDeps,
  { caller, params, now }: Pick<Call<'revokeTill'>, 'caller' | 'params' | 'now'>,
  to: TillStatus,
): Promise<Reply<'revokeTill'>> {
  const deviceId = params.device_id;
  return inTransaction(pool, async (tx) => {
    const till = await lockTill(tx, deviceId);
    if (till === undefined) return notFound;
    if (till.status === to) return answer(till, 200);
    if (till.status === 'revoked') return revoked;
    await changeTillStatus(tx, till, { status: to, at: now });
    await recordTill(tx, caller, { deviceId, what: to, key: till.key, now });
    // What was taken in before the suspension and refused during it: the till gets no other answer.
    const waiting = to === 'active' ? await floatsOf(tx, till.tenant.no) : undefined;
    for (const float of waiting?.values() ?? []) await settlement.requeueOrders(tx, float);
    return answer({ ...till, status: to }, 200);
  });
}

async function recordTill(
  tx: Tx,
  caller: Caller,
  did: {
    readonly deviceId: string;
    readonly what: string;
    readonly key: DeviceKey;
    readonly now: Date;
  },
): Promise<void> {
  const { deviceId, what, key, now } = did;
  const actor = `account:${caller.account}`;
  const details = { key: Buffer.from(key.id).toString('hex') };
  const event = { actor, action: `till.${what}`, subject: `till:${deviceId}`, outcome: 'ok' };
  await record(tx, [{ ...event, details }], now);
}

function answer<S extends 200 | 201>(
  till: Till | undefined,
  status: S,
): Refused | { readonly ok: true; readonly status: S; readonly value: TillValue } {
  if (till === undefined) return notFound;
  return { ok: true, status, value: { success: true, device: wireTill(till) } };
}

interface TillValue {
  success: true;
  device: WireTill;
}

function wireTill(till: Till): WireTill {
  return {
    id: till.no.toString(),
    device_id: till.deviceId,
    user_id: till.registeredBy,
    tenant_type: till.tenant.type,
    tenant_id: till.tenant.id,
    status: till.status,
    country: till.country,
    currency_default: currencyOf(till.currency)?.alpha ?? '',
    created_at: till.createdAt.toISOString(),
    last_seen_at: till.lastSeenAt?.toISOString() ?? null,
  };
}

const notFound = { ok: false, code: 'till/not_found', detail: 'No device has this id.' } as const;
const revoked = {
  ok: false,
  code: 'till/status',
  detail: 'This device was revoked, which is for ever. Register a new key under a new id.',
} as const;
const exists = {
  ok: false,
  code: 'till/exists',
  detail: 'A device with this id or this key is registered already.',
} as const;
const badCurrency = {
  ok: false,
  code: 'request/invalid',
  detail: 'This bank keeps no accounts in that currency.',
  errors: [{ pointer: '/currency_default', detail: 'not a currency of this bank' }],
} as const;
