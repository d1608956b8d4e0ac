import type { Problem } from '@sikka/api/thin';
import { describe, expect, it } from 'vitest';
import type { Drawer } from '../../src/vault/drawer.ts';
import { openOrder, payOnline, resumeOnline } from '../../src/wallet/online-payment.ts';
import type { OnlinePaymentParts } from '../../src/wallet/online-payment.ts';

const ORDER = { receiver: 300_000_000_004, amountMinor: 12_550n, currency: 586 };

/** As the client says it of a line that is cut. */
const PROBLEM: Problem = {
  ...{ type: '/problems/client/unreachable', title: 'No answer', status: 0, detail: 'cut' },
  ...{ code: 'client/unreachable', transient: true, advice: 'Ask again.' },
};

/** A bank that takes each order once, on a line that can lose what is said on it. */
function createBank() {
  const paid = new Map<string, string>();
  const kept = new Map<string, unknown>();
  const drawer: Drawer = {
    get: async <T>(name: string) => kept.get(name) as T | undefined,
    put: async (name, value) => void kept.set(name, structuredClone(value)),
    remove: async (name) => void kept.delete(name),
  };
  let answers: 'answers' | 'lost' | Partial<Problem> = 'answers';
  let keys = 0;
  const parts = {
    drawer,
    newKey: () => `order-${(keys += 1)}`,
    alone: (work) => work(),
    client: {
      async createTransaction({ body, idempotencyKey = '' }) {
        expect(kept.has('onlineOrder')).toBe(true);
        if (typeof answers === 'object') return { ok: false, problem: { ...PROBLEM, ...answers } };
        paid.set(idempotencyKey, body.amount);
        if (answers === 'lost') {
          return { ok: false, problem: PROBLEM };
        }
        return { ok: true, status: 201, value: { reference: body.reference } };
      },
    } as OnlinePaymentParts['client'],
  } satisfies OnlinePaymentParts;
  return { parts, paid, says: (next: typeof answers) => (answers = next) };
}

describe('paying online', () => {
  it('leaves the order of another tab alone', async () => {
    const { parts } = createBank();
    const { createTransaction } = parts.client;
    const other = { receiver: 1, amount: '1.00', currency: 'PKR', key: 'other' };
    const client: typeof parts.client = {
      async createTransaction(given) {
        const answer = await createTransaction(given);
        await parts.drawer.put('onlineOrder', other);
        return answer;
      },
    };
    expect(await payOnline({ ...parts, client }, ORDER)).toMatchObject({ kind: 'paid' });
    expect(await parts.drawer.get('onlineOrder')).toEqual(other);
  });

  it('is paid, and nothing stays open', async () => {
    const { parts, paid } = createBank();
    const order = { ...ORDER, key: 'order-1' };
    expect(await payOnline(parts, ORDER)).toEqual({ kind: 'paid', reference: 'order-1', order });
    expect([...paid]).toEqual([['order-1', '125.50']]);
    expect(await openOrder(parts.drawer)).toBeUndefined();
  });

  it('is paid once where the answer is lost, however often it is asked again', async () => {
    const { parts, paid, says } = createBank();
    says('lost');
    const order = { ...ORDER, key: 'order-1' };
    expect(await payOnline(parts, ORDER)).toEqual({ kind: 'unknown', order });
    expect(await resumeOnline(parts, order)).toEqual({ kind: 'unknown', order });
    // Nothing else is begun before it is known, and the answer is about the one that was.
    const other = { ...ORDER, receiver: 300_000_000_012, amountMinor: 1n };
    expect(await payOnline(parts, other)).toEqual({ kind: 'unknown', order });
    says('answers');
    expect(await resumeOnline(parts, order)).toMatchObject({ kind: 'paid', order });
    expect(paid.size).toBe(1);
  });

  it('answered in another tab is not asked for here as another order', async () => {
    const { parts, paid, says } = createBank();
    says('lost');
    const first = await payOnline(parts, ORDER);
    says('answers');
    expect(await resumeOnline(parts, first.order)).toMatchObject({ kind: 'paid' });
    says('lost');
    const second = await payOnline(parts, { ...ORDER, amountMinor: 1n });
    expect(second.order).toMatchObject({ amountMinor: 1n, key: 'order-2' });
    says('answers');
    const { order } = first;
    expect(await resumeOnline(parts, order)).toEqual({ kind: 'elsewhere', order });
    expect(await openOrder(parts.drawer)).toEqual(second.order);
    expect([...paid.values()]).toEqual(['125.50', '0.01']);
  });

  it.each<[Partial<Problem>, 'refused' | 'unknown']>([
    [{ status: 409, code: 'wallet/insufficient_funds', transient: false }, 'refused'],
    [{ status: 404, code: 'wallet/not_found', transient: false }, 'refused'],
    [{ status: 403, code: 'auth/step_up_required', transient: false }, 'refused'],
    [{ status: 401, code: 'auth/token_missing', transient: false }, 'unknown'],
    // Said at the door, before the bank looks whether it took the order before.
    [{ status: 403, code: 'auth/account_blocked', transient: false }, 'unknown'],
    [{ status: 403, code: 'auth/role_missing', transient: false }, 'unknown'],
    [{ status: 429, code: 'request/rate_limited', transient: true }, 'unknown'],
    [{ status: 500, code: 'service/internal', transient: false }, 'unknown'],
    [{ status: 503, code: 'service/unavailable', transient: true }, 'unknown'],
  ])('after %j it is %s', async (problem, kind) => {
    const { parts, says } = createBank();
    says(problem);
    expect(await payOnline(parts, ORDER)).toMatchObject({ kind });
    expect((await openOrder(parts.drawer)) !== undefined).toBe(kind === 'unknown');
  });
});
