import { randomBytes } from 'node:crypto';
import {
  checkName,
  checkTown,
  MAX_EMV_AMOUNT_MINOR,
  parseLooseAmount,
  publicKeyPem,
  writeEmvQr,
} from '@sikka/protocol';
import { accountById } from '../identity/index.ts';
import type { People } from '../identity/index.ts';
import { ensureWalletKey } from './keys/index.ts';
import type { EscrowDeps } from './keys/index.ts';
import { qrImages } from './qr-image.ts';
import { walletsOf } from './wallets.ts';
import type { WalletRecord } from './wallets.ts';

export interface ReceiverQrDeps extends EscrowDeps {
  readonly people: Pick<People, 'profile'>;
  /** The latest printed code that pays one of these wallets, as QR text; devices keep them. */
  readonly printedCode: (own: {
    readonly accountId: bigint;
    readonly wallets: readonly number[];
    readonly now: Date;
  }) => Promise<string | undefined>;
}

export interface QrOrder {
  readonly accountId: bigint;
  readonly account: string;
  readonly wallet: number;
  readonly now: Date;
}

interface Images {
  readonly qr_image_base64: string;
  readonly qr_svg: string;
}

type Refusal<C extends string> = { readonly ok: false; readonly code: C };

/**
 * The code that older clients show to be paid offline: JSON with the receiver's key. A current
 * wallet is shown with the key of its owner's offline wallet: settlement pays the current one.
 */
export async function receiverQr(deps: ReceiverQrDeps, order: QrOrder) {
  const { accountId, account, wallet, now } = order;
  const found = await findOwn(deps, order);
  if (!found.ok) return found;
  const paid = found.wallets.filter(({ currency }) => currency === found.wallet.currency);
  const offline = paid.find(({ kind }) => kind === 'offline');
  if (offline === undefined) return { ok: false, code: 'wallet/key_invalid' } as const;
  const ensured = await ensureWalletKey(deps, { ...order, wallet: offline.number });
  if (!ensured.ok) return ensured;
  const known = await accountById(deps.pool, accountId);
  const profile = await deps.people.profile(deps.pool, accountId);
  const payeeName = known?.verifiedName?.name ?? profile?.name ?? account;
  const qr_data = {
    version: '1.0',
    type: 'offline_payment_receiver',
    public_key: publicKeyPem('PS256', ensured.key.modulus),
    user_id: account,
    wallet_id: wallet,
    timestamp: now.toISOString(),
    nonce: randomBytes(16).toString('hex'),
    payeeId: account,
    payeeName,
    deviceId: null,
  } as const;
  const text = JSON.stringify(qr_data);
  const wallets = paid.map(({ number }) => number);
  const qr_text = (await deps.printedCode({ accountId, wallets, now })) ?? null;
  return { ok: true, value: { qr_data, ...imagesOf(text), qr_text } } as const;
}

/** An EMV merchant code of one's own wallet (spec/emvqr.md); its name is the verified one. */
export async function merchantQr(
  deps: ReceiverQrDeps,
  order: QrOrder & { readonly amount: string | undefined },
) {
  const found = await findOwn(deps, order);
  if (!found.ok) return found;
  const { number, currency } = found.wallet;
  const named = (await accountById(deps.pool, order.accountId))?.verifiedName;
  if (named === undefined || !checkName(named.name).ok || !checkTown(named.town).ok) {
    return { ok: false, code: 'device/name_unverified' } as const;
  }
  const amount = order.amount === undefined ? undefined : parseLooseAmount(order.amount, currency);
  if (amount?.ok === false || (amount?.value ?? 0n) > MAX_EMV_AMOUNT_MINOR) {
    return { ok: false, code: 'amount/invalid' } as const;
  }
  const payload = writeEmvQr({
    wallet: number,
    currency,
    merchantName: named.name,
    merchantCity: named.town,
    ...(amount === undefined ? {} : { amountMinor: amount.value }),
  });
  return { ok: true, value: { payload, ...imagesOf(payload) } } as const;
}

type Found =
  | {
      readonly ok: true;
      readonly wallet: WalletRecord;
      readonly wallets: readonly WalletRecord[];
    }
  | Refusal<'wallet/not_found'>
  | Refusal<'wallet/inactive'>;

async function findOwn(deps: ReceiverQrDeps, order: QrOrder): Promise<Found> {
  const wallets = await walletsOf(deps.pool, order.accountId);
  const wallet = wallets.find(({ number }) => number === order.wallet);
  if (wallet === undefined) return { ok: false, code: 'wallet/not_found' };
  if (wallet.status !== 'active') return { ok: false, code: 'wallet/inactive' };
  return { ok: true, wallet, wallets };
}

function imagesOf(text: string): Images {
  const { png, svg } = qrImages(text, { kind: 'byte' });
  return { qr_image_base64: Buffer.from(png).toString('base64'), qr_svg: svg };
}
