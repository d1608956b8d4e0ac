import { fromBase64url, toBase64url } from '@sikka/api/text';
import {
  encodePacket,
  equalBytes,
  hex,
  keyHash,
  proveDocument,
  signDocument,
} from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { isDecision, refusalOf } from '../core/bank.ts';
import { fetchChallenge } from '../core/enrol.ts';
import { viewOf } from '../core/view.ts';
import { drawNonce } from '../core/wallet.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';

interface Asked {
  readonly nonce: Uint8Array;
  readonly packet: Uint8Array;
}

/** What came of asking: the allowance as the bank signed it. */
export interface ReceivedAllowance {
  readonly allowanceId: string;
  readonly limitMinor: bigint;
  readonly currency: number;
}

/**
 * Asks the bank to reserve money for offline spending. Repeat it after any failure: a request that
 * was sent is sent again byte for byte, and the bank gives its first answer again; then the amount
 * is that of the first request.
 *
 * Each request carries a nonce of this journal that is written down before it is sent, so that no
 * other journal, restored or reinstalled, can spend what this one was given (spec/journal.md 4).
 *
 * Refuses `wallet/not_enrolled`, `wallet/role_missing`, `wallet/spending_stopped`, `amount_zero`,
 * `wallet/bank_…`, `wallet/allowance_not_ours` and `wallet/answer_invalid`.
 */
export async function requestAllowance(
  wallet: Wallet,
  amountMinor: bigint,
): Promise<Outcome<ReceivedAllowance>> {
  return answering(async () => {
    if (amountMinor <= 0n) return refuse('amount_zero', 'ask for something');
    const state = await wallet.journal.read();
    const { enrolment, rolledBack, allowanceRequest } = state;
    const signer = await wallet.keystore.signer();
    if (enrolment?.answer === undefined || signer === undefined) {
      return refuse('wallet/not_enrolled', 'enrol first');
    }
    if (enrolment.role === 'payee') return refuse('wallet/role_missing', 'enrolled as payee');
    if (rolledBack !== undefined) return refuse('wallet/spending_stopped', 'rolled back');
    if (allowanceRequest !== undefined) {
      const again = await send(wallet, signer, allowanceRequest);
      // The bank never took it, and its challenge is over: ask anew.
      if (again.ok || again.problem?.code !== 'device/challenge_invalid') return again;
    }
    const asked = await ask(wallet, signer, amountMinor);
    return asked.ok ? send(wallet, signer, asked) : asked;
  });
}

async function ask(wallet: Wallet, signer: Signer, amountMinor: bigint): Promise<Outcome<Asked>> {
  const challenge = await fetchChallenge(wallet, 'allowance');
  if (!challenge.ok) return challenge;
  const written = await wallet.journal.change(async (state, append) => {
    // Another tab was quicker: its request goes first.
    if (state.allowanceRequest !== undefined) return state.allowanceRequest;
    const nonce = state.freshNonce ?? drawNonce(wallet);
    const document = await signDocument(
      {
        type: 'allowance-request',
        bank: wallet.bank.id,
        account: wallet.bank.account,
        keyHash: keyHash(signer.suite, signer.publicKey),
        journalNonce: nonce,
        amountMinor,
        currency: wallet.bank.currency,
        challenge: challenge.challenge,
      },
      signer,
    );
    const packet = encodePacket({ kind: 'document', document });
    await append({ type: 'allowance-requested', nonce, packet });
    return { nonce, packet };
  });
  return written.ok ? { ok: true, ...written.value } : written;
}

async function send(
  wallet: Wallet,
  signer: Signer,
  asked: Asked,
): Promise<Outcome<ReceivedAllowance>> {
  const answer = await wallet.client.createAllowance({
    body: { request: toBase64url(asked.packet) },
  });
  if (!answer.ok) {
    if (isDecision(answer.problem)) await forget(wallet, asked);
    return refusalOf(answer.problem);
  }
  const packet = fromBase64url(answer.value.packet);
  if (packet === undefined) return refuse('wallet/answer_invalid', 'not a packet');
  return receive(wallet, signer, { asked, packet });
}

async function receive(
  wallet: Wallet,
  signer: Signer,
  { asked, packet }: { readonly asked: Asked; readonly packet: Uint8Array },
): Promise<Outcome<ReceivedAllowance>> {
  const { trust } = await viewOf(wallet, await wallet.journal.read());
  const proved = await proveDocument(packet, trust);
  if (!proved.ok) return refuse('wallet/answer_invalid', proved.detail);
  const { fields } = proved.value.document;
  if (fields.type !== 'allowance') return refuse('wallet/answer_invalid', 'not an allowance');
  const { suite, publicKey, journalNonce, limitMinor, currency } = fields;
  const ours =
    suite === signer.suite &&
    equalBytes(publicKey, signer.publicKey) &&
    equalBytes(journalNonce, asked.nonce);
  if (!ours) return refuse('wallet/allowance_not_ours', 'for another key or another journal');
  const { id } = proved.value;
  const kept = await wallet.journal.change<Refusal | undefined>(async (state, append) => {
    if (state.allowances.has(hex(id))) return undefined;
    if (!state.nonces.has(hex(journalNonce))) {
      return refuse('wallet/allowance_not_ours', 'asked for by another journal');
    }
    await append({ type: 'allowance-received', packet });
    return undefined;
  });
  if (!kept.ok) return kept;
  return kept.value ?? { ok: true, allowanceId: hex(id), limitMinor, currency };
}

/** The bank said no, so the request need not go out again; its nonce is not used again either. */
async function forget(wallet: Wallet, { nonce }: Asked): Promise<void> {
  await wallet.journal.change(async ({ allowanceRequest }, append) => {
    if (allowanceRequest === undefined || !equalBytes(allowanceRequest.nonce, nonce)) return;
    await append({ type: 'allowance-refused', nonce });
  });
}
