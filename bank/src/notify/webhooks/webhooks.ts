import { randomBytes } from 'node:crypto';
import { EVENT_KINDS } from '@sikka/api';
import type { EventKind } from '@sikka/api';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import type { Log } from '../../log.ts';
import { limits } from '../limits.ts';
import type { Sealer } from '../mail/sealing.ts';
import type { TemplateName } from '../mail/templates.ts';
import { deleteWebhook, insertReplay, insertWebhook, readWebhook } from '../store/index.ts';
import type { WebhookRow } from '../store/index.ts';
import { checkWebhookUrl } from './address.ts';
import { publicNetwork } from './call.ts';
import type { Network } from './call.ts';
import { deliverDue } from './deliver.ts';
import { secretContext } from './secret.ts';

export interface WebhookOptions {
  readonly pool: Pool;
  readonly vault: Sealer;
  readonly bank: string;
  readonly clock: () => Date;
  readonly log: Log;
  /** Tells the account's owner by mail, in the transaction of what happened. */
  readonly tell: (tx: Tx, notice: WebhookNotice) => Promise<void>;
  /** Writes an audit event in the transaction of what happened. */
  readonly record: (tx: Tx, events: readonly WebhookAudit[], at: Date) => Promise<void>;
  /** Default: the public network. */
  readonly network?: Network;
}

export interface WebhookNotice {
  readonly accountId: bigint;
  readonly template: Extract<TemplateName, 'webhook_added' | 'webhook_disabled'>;
  readonly values: { readonly host: string };
  readonly at: Date;
}

export interface WebhookAudit {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  readonly details?: unknown;
}

/** Whoever acts on their own webhooks. */
export interface Owner {
  readonly accountId: bigint;
  /** The public id. */
  readonly account: string;
  readonly now: Date;
}

export type NewWebhook =
  | { readonly ok: true; readonly webhook: WebhookRow; readonly secret: string }
  | {
      readonly ok: false;
      readonly code: 'webhook/url_refused' | 'webhook/limit_reached';
      readonly detail: string;
    };

export interface Webhooks {
  /** The secret is told once, and kept sealed. */
  add(owner: Owner, order: WebhookOrder): Promise<NewWebhook>;
  /** What it was; undefined where the owner has none such. */
  remove(owner: Owner, id: Uint8Array): Promise<WebhookRow | undefined>;
  /** The new delivery's id. */
  replay(owner: Owner, id: Uint8Array, delivery: bigint): Promise<Replay>;
  /** Posts what is due; answers how many were tried. Any number of processes may run it. */
  deliver(): Promise<number>;
}

export interface WebhookOrder {
  readonly url: string;
  readonly kinds?: readonly EventKind[];
}

export type Replay =
  | { readonly ok: true; readonly delivery: bigint }
  | { readonly ok: false; readonly code: 'webhook/not_found' | 'webhook/disabled' };

export function createWebhooks(options: WebhookOptions): Webhooks {
  const { pool, network = publicNetwork } = options;
  return {
    add: (owner, order) => add(options, owner, order),
    remove: (owner, id) =>
      inTransaction(pool, async (tx) => {
        const { accountId, now } = owner;
        const webhook = await readWebhook(tx, { id, accountId });
        if (webhook === undefined || !(await deleteWebhook(tx, { id, accountId }))) return;
        await options.record(tx, [audit('webhook.deleted', webhook, owner)], now);
        return webhook;
      }),
    replay: (owner, id, delivery) =>
      inTransaction(pool, async (tx): Promise<Replay> => {
        const { accountId } = owner;
        const webhook = await readWebhook(tx, { id, accountId });
        if (webhook === undefined) return { ok: false, code: 'webhook/not_found' };
        if (webhook.disabledAt !== undefined) return { ok: false, code: 'webhook/disabled' };
        const added = await insertReplay(tx, { webhookId: id, delivery });
        if (added === undefined) return { ok: false, code: 'webhook/not_found' };
        return { ok: true, delivery: added };
      }),
    deliver: () => deliverDue({ ...options, network }),
  };
}

async function add(
  options: WebhookOptions,
  owner: Owner,
  order: WebhookOrder,
): Promise<NewWebhook> {
  const checked = checkWebhookUrl(order.url);
  if (!checked.ok) return { ok: false, code: 'webhook/url_refused', detail: checked.detail };
  const { vault, bank } = options;
  const { accountId, now } = owner;
  const id = new Uint8Array(randomBytes(16));
  const secret = `whsec_${randomBytes(32).toString('base64url')}`;
  const sealedSecret = await vault.seal(Buffer.from(secret), secretContext(bank, id));
  const { href: url, hostname: host } = checked.url;
  const kinds = order.kinds ?? EVENT_KINDS;
  const webhook = { id, accountId, url, kinds, createdAt: now };
  return inTransaction(options.pool, async (tx): Promise<NewWebhook> => {
    const row = { ...webhook, sealedSecret, vault: vault.name };
    if (!(await insertWebhook(tx, row, limits.webhooksOfAccount))) {
      const detail = `An account has at most ${limits.webhooksOfAccount} webhooks.`;
      return { ok: false, code: 'webhook/limit_reached', detail };
    }
    await options.record(tx, [audit('webhook.created', webhook, owner)], now);
    await options.tell(tx, { accountId, template: 'webhook_added', values: { host }, at: now });
    return { ok: true, webhook: { ...webhook, disabledAt: undefined }, secret };
  });
}

/** The address may hold a secret of its own, so it is not in the chain. */
function audit(
  action: string,
  { id, kinds }: Pick<WebhookRow, 'id' | 'kinds'>,
  { account }: Owner,
): WebhookAudit {
  const subject = `webhook:${Buffer.from(id).toString('base64url')}`;
  return { actor: `account:${account}`, action, subject, outcome: 'ok', details: { kinds } };
}
