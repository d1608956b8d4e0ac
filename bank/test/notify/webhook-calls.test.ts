import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALL_FAILURE_CODES } from '../../src/notify/index.ts';
import type { CallFailure } from '../../src/notify/index.ts';
import { callWebhook } from '../../src/notify/webhooks/call.ts';
import { HOST, startHookServer } from './hook-server.ts';
import type { HookServer } from './hook-server.ts';

let hooks: HookServer;
beforeAll(async () => {
  hooks = await startHookServer();
});
afterAll(() => hooks.stop());

describe('a server that', () => {
  test.each([
    ['has a certificate that nobody vouches for', { ca: undefined }, 'webhook/unreachable'],
    ['has a name that leads nowhere', { resolve: async () => [] }, 'webhook/name_unknown'],
    [
      'has a name that cannot be resolved',
      { resolve: () => Promise.reject(new Error('ENOTFOUND')) },
      'webhook/name_unknown',
    ],
    ['leads inside', { isAllowed: () => false }, 'webhook/address_private'],
  ] as const)('%s is not told anything', async (_, change, reason) => {
    const { ca, ...rest } = { ...hooks.network, ...change };
    const network = ca === undefined ? rest : { ...rest, ca };
    const call = { url: new URL(`https://${HOST}:${hooks.port}/`), body: '{}', headers: {} };
    expect(await callWebhook(call, network)).toEqual({ ok: false, status: undefined, reason });
    expect(hooks.posted).toEqual([]);
    expect(CALL_FAILURE_CODES).toContain<CallFailure>(reason);
  });

  test('is slow is left after five seconds, as is a name that nobody resolves', async () => {
    hooks.answer = () => undefined;
    const call = { url: new URL(`https://${HOST}:${hooks.port}/`), body: '{}', headers: {} };
    const never = {
      ...hooks.network,
      resolve: () => new Promise<readonly string[]>(() => undefined),
    };
    const reasons = await Promise.all(
      [hooks.network, never].map(async (network) => {
        const answer = await callWebhook(call, network);
        return answer.ok ? 'ok' : answer.reason;
      }),
    );
    expect(reasons).toEqual(['webhook/timed_out', 'webhook/name_unknown']);
  });
});
