import { fromBase64url } from '@sikka/api';
import type { Call, Handlers, Reply } from '../caller.ts';
import { isFresh } from './fresh.ts';
import { registerKey, releaseKey } from './keys/index.ts';
import type { RegisterDeps } from './keys/index.ts';
import { merchantQr, receiverQr } from './receiver-qr.ts';
import type { ReceiverQrDeps } from './receiver-qr.ts';
import { answerWallet, refuse } from './routes.ts';

export type KeyRouteDeps = RegisterDeps & ReceiverQrDeps;

type KeyRoutes =
  | 'setSigningKey'
  | 'registerWalletKey'
  | 'releaseKey'
  | 'createQrCode'
  | 'getWalletQr'
  | 'getEmvQr';

export function keyRoutes(deps: KeyRouteDeps): Handlers<KeyRoutes> {
  const qr = async ({ caller, now }: Call<'createQrCode' | 'getWalletQr'>, wallet: number) => {
    const { accountId, account } = caller;
    const made = await receiverQr(deps, { accountId, account, wallet, now });
    return made.ok ? ({ ok: true, status: 200, value: made.value } as const) : refuse(made.code);
  };
  return {
    setSigningKey: (call) => register(deps, call, { pem: call.body.public_key_pem }),
    registerWalletKey: async (call) => {
      const { public_key_pem: pem, challenge, signature } = call.body;
      const proof = { challenge: fromBase64url(challenge), signature: fromBase64url(signature) };
      if (proof.challenge === undefined || proof.signature === undefined) {
        return refuse('wallet/possession_unproven');
      }
      const { challenge: asked, signature: signed } = proof;
      return register(deps, call, { pem, proof: { challenge: asked, signature: signed } });
    },
    releaseKey: (call) => release(deps, call),
    createQrCode: (call) => qr(call, call.body.wallet_id),
    getWalletQr: (call) => qr(call, Number(call.params.wallet_id)),
    getEmvQr: async ({ caller, params, query, now }) => {
      const { accountId, account } = caller;
      const wallet = Number(params.wallet_id);
      const { amount } = query;
      const made = await merchantQr(deps, { accountId, account, wallet, amount, now });
      return made.ok ? { ok: true, status: 200, value: made.value } : refuse(made.code);
    },
  };
}

async function register(
  deps: KeyRouteDeps,
  { caller, params, now }: Pick<Call<'setSigningKey'>, 'caller' | 'params' | 'now'>,
  key: {
    readonly pem: string;
    readonly proof?: { readonly challenge: Uint8Array; readonly signature: Uint8Array };
  },
): Promise<Reply<'setSigningKey'>> {
  const { accountId, account } = caller;
  const wallet = Number(params.wallet_id);
  const order = { accountId, account, wallet, now, fresh: isFresh(caller, now), ...key };
  const registered = await registerKey(deps, order);
  if (!registered.ok) return refuse(registered.code);
  return answerWallet(deps, accountId, wallet);
}

async function release(
  deps: KeyRouteDeps,
  { caller, params, now }: Call<'releaseKey'>,
): Promise<Reply<'releaseKey'>> {
  const { accountId, account } = caller;
  const wallet = Number(params.wallet_id);
  const released = await releaseKey(deps, { accountId, account, wallet, now });
  if (!released.ok && released.code === 'rate/limited') {
    return { ...refuse(released.code), retryAfterSeconds: 3_600 };
  }
  if (!released.ok) return refuse(released.code);
  const warning =
    'Whoever has this key can spend what is in this wallet. Keep it on one device, and register ' +
    'a key of that device instead as soon as you can.';
  const value = { wallet_id: wallet, private_key: released.pem, warning };
  return { ok: true, status: 200, value };
}
