import { hex } from '@sikka/protocol';
import type { Append } from '../journal/journal.ts';
import type { WalletState } from '../journal/state.ts';
import type { View } from './view.ts';
import type { Wallet } from './wallet.ts';

/** Closes requests whose time is over and forgets their keys (spec/suites.md §4). */
export async function closeExpired(
  wallet: Wallet,
  { state, bankTime }: View,
  append: Append,
): Promise<void> {
  const over = [...state.openRequests.values()].filter(
    ({ packet }) => packet.request.fields.until < bankTime,
  );
  if (over.length === 0) return;
  await append({
    type: 'requests-expired',
    requestIds: over.map(({ packet }) => packet.requestId),
  });
  for (const { packet } of over) {
    await wallet.keystore.deleteAgreementKey(packet.request.fields.ecdhKey);
  }
}

/**
 * Forgets every key that no open request and no printed code needs: what a crash between two
 * writes left behind. The caller holds the journal's lock, under which keys are made, too.
 */
export async function forgetStrayKeys({ keystore }: Wallet, state: WalletState): Promise<void> {
  const needed = new Set([
    ...[...state.openRequests.values()].map(({ packet }) => hex(packet.request.fields.ecdhKey)),
    ...[...state.printedCodes.values()].map(({ credential }) =>
      hex(credential.fields.ecdhKey ?? new Uint8Array(0)),
    ),
  ]);
  for (const key of await keystore.agreementKeys()) {
    if (!needed.has(hex(key))) await keystore.deleteAgreementKey(key);
  }
}
