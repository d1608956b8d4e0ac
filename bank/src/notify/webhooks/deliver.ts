import { inTransaction } from '../../db/index.ts';
import { wireEvent } from '../events/kinds.ts';
import { limits } from '../limits.ts';
import { claimDeliveries, disableWebhook, markDelivery } from '../store/index.ts';
import type { DueDelivery } from '../store/index.ts';
import { callWebhook } from './call.ts';
import type { CallAnswer, Network } from './call.ts';
import { secretContext } from './secret.ts';
import { signatureHeader } from './signature.ts';
import type { WebhookOptions } from './webhooks.ts';

type DeliverOptions = WebhookOptions & { readonly network: Network };

/** Posts all that is due; each delivery at least once, for a process may die before it is noted. */
export async function deliverDue(options: DeliverOptions): Promise<number> {
  const until = options.clock().getTime() + limits.workMs;
  for (let tried = 0; ;) {
    const due = await claimDeliveries(options.pool, {
      leaseMs: limits.webhookLeaseMs,
      most: limits.deliveriesAtOnce,
    });
    if (due.length === 0) return tried;
    await Promise.all(due.map((delivery) => deliverOne(delivery, options)));
    tried += due.length;
    if (options.clock().getTime() > until) return tried;
  }
}

async function deliverOne(delivery: DueDelivery, options: DeliverOptions): Promise<void> {
  const { pool, clock, log } = options;
  const { id, attempts } = delivery;
  const answer = await post(delivery, options);
  const now = clock();
  if (answer.ok) {
    const done = { id, status: answer.status, error: undefined, pauseMs: undefined, doneAt: now };
    await markDelivery(pool, done);
    return;
  }
  const over = attempts >= limits.webhookAttempts;
  const { status, reason: error } = answer;
  const again = over ? undefined : pauseMs(attempts);
  await markDelivery(pool, { id, status, error, pauseMs: again, doneAt: undefined });
  log.info('webhook.failed', { delivery: String(id), attempts, reason: error, status });
  if (over) await giveUp(delivery, options, now);
}

async function post(delivery: DueDelivery, options: DeliverOptions): Promise<CallAnswer> {
  const { vault, bank, network } = options;
  const { webhookId, sealedSecret, event, claimedAt } = delivery;
  const opened = await vault.open(sealedSecret, secretContext(bank, webhookId));
  const body = wireEvent(event);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Sikka-Webhook/1',
    'sikka-signature': signatureHeader(Buffer.from(opened).toString(), body, claimedAt),
  };
  return callWebhook({ url: new URL(delivery.url), body, headers }, network);
}

/** Who does not answer for half a day is not asked any more, and its owner is told. */
async function giveUp(delivery: DueDelivery, options: DeliverOptions, now: Date): Promise<void> {
  const { webhookId, accountId, url } = delivery;
  const subject = `webhook:${Buffer.from(webhookId).toString('base64url')}`;
  await inTransaction(options.pool, async (tx) => {
    if (!(await disableWebhook(tx, webhookId, now))) return;
    const event = { actor: 'system', action: 'webhook.disabled', subject, outcome: 'ok' };
    await options.record(tx, [event], now);
    const values = { host: new URL(url).hostname };
    await options.tell(tx, { accountId, template: 'webhook_disabled', values, at: now });
  });
}

/** 10 s, 30 s, 90 s … six hours. */
function pauseMs(attempts: number): number {
  return Math.min(limits.webhookFirstPauseMs * 3 ** (attempts - 1), limits.webhookLongestPauseMs);
}
