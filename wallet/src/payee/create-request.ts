import { documentId, encodePacket, hex, qrText, signDocument } from '@sikka/protocol';
import { closeExpired } from '../core/agreement-keys.ts';
import { viewOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { Append } from '../journal/journal.ts';
import { DEFAULT_REQUEST_SECONDS, MAX_OPEN_REQUESTS, MAX_REQUEST_SECONDS } from '../limits.ts';
import { checkSeller, readSeller } from './seller.ts';

export interface RequestOptions {
  /** Minor units, 1 … 2^53 − 1; `'open'` lets the payer choose. */
  readonly amountMinor: bigint | 'open';
  /** Seconds, at most a day; ten minutes where not given. */
  readonly validFor?: number;
}

export interface CreatedRequest {
  readonly requestId: string;
  readonly packet: Uint8Array;
  /** To be shown: QR text, `SK1:…`. */
  readonly text: string;
  /** By the bank's time, in seconds. */
  readonly until: number;
}

/**
 * A request for one payment, with a fresh key that is deleted once it is paid or over
 * (spec/suites.md §4). Refuses `wallet/not_enrolled`, `wallet/role_missing`,
 * `wallet/too_many_requests`, `amount_zero`, `expired`, `device_revoked`, `credential_revoked`.
 */
export async function createRequest(
  wallet: Wallet,
  options: RequestOptions,
): Promise<Outcome<CreatedRequest>> {
  return answering(async () => {
    if (options.amountMinor !== 'open' && options.amountMinor < 1n) {
      return refuse('amount_zero', 'an amount is at least 1');
    }
    const done = await wallet.journal.change(async (state, append) => {
      const view = await viewOf(wallet, state);
      return createLocked(wallet, { view, append }, options);
    });
    return done.ok ? done.value : done;
  });
}

async function createLocked(
  wallet: Wallet,
  { view, append }: { readonly view: View; readonly append: Append },
  { amountMinor, validFor = DEFAULT_REQUEST_SECONDS }: RequestOptions,
): Promise<Outcome<CreatedRequest>> {
  const seller = await readSeller(wallet, view);
  if (!seller.ok) return seller;
  const fit = checkSeller(seller, view);
  if (!fit.ok) return fit;
  await closeExpired(wallet, view, append);
  if (view.state.openRequests.size >= MAX_OPEN_REQUESTS) {
    return refuse('wallet/too_many_requests', `${MAX_OPEN_REQUESTS} are open`);
  }
  const { credential, credentialId, signer } = seller;
  // The payer's phone may know a later time than this one does.
  const now = Math.max(view.bankTime, wallet.clock.now());
  const until = now + Math.min(Math.max(1, Math.floor(validFor)), MAX_REQUEST_SECONDS);
  const ecdhKey = await wallet.keystore.createAgreementKey();
  const request = await signDocument(
    {
      type: 'request',
      currency: credential.fields.currency,
      amountMinor: amountMinor === 'open' ? undefined : amountMinor,
      ecdhKey,
      until,
      mode: 'dynamic',
      bulletinVersion: view.bulletin?.version ?? 0,
    },
    signer,
    credentialId,
  );
  const packet = encodePacket({ kind: 'request', credential, request });
  await append({ type: 'request-created', packet });
  const { suite, payload } = request;
  const requestId = hex(documentId({ type: 'request', suite, parentId: credentialId }, payload));
  return { ok: true, requestId, packet, text: qrText(packet), until };
}
