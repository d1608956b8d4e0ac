import { bestBankTime } from '@sikka/protocol';
import type { Bulletin, IssuerKey, IssuerKeys, Trust } from '@sikka/protocol';
import type { WalletState } from '../journal/state.ts';
import type { SeenBulletin } from './bulletin.ts';
import type { Wallet } from './wallet.ts';

/** What a verb needs to judge with: read once, at its beginning. */
export interface View {
  readonly state: WalletState;
  readonly trust: Trust;
  readonly bulletin: Bulletin | undefined;
  /** A lower bound, in seconds (spec/judge.md §2). */
  readonly bankTime: number;
}

/** The view on a state that the caller has just read. */
export async function viewOf(wallet: Wallet, state: WalletState): Promise<View> {
  const seen = await wallet.bulletins.read();
  return {
    state,
    trust: { issuers: issuersOf(state, seen), verifier: wallet.verifier },
    bulletin: seen?.bulletin.fields,
    bankTime: bankTimeOf(state, seen, wallet.clock.now()),
  };
}

/** Keys pinned at enrolment, then those the newest bulletin adds (spec/suites.md §3). */
export function issuersOf(state: WalletState, seen: SeenBulletin | undefined): IssuerKeys {
  const keys = new Map<number, IssuerKey>();
  const pinned = state.enrolment?.answer?.issuerKeys ?? [];
  // A number is never reused, so what was pinned stays.
  for (const key of [...(seen?.bulletin.fields.issuerKeys ?? []), ...pinned]) {
    keys.set(key.number, key);
  }
  return keys;
}

function bankTimeOf(state: WalletState, seen: SeenBulletin | undefined, phoneNow: number): number {
  const byJournal =
    state.bankTime === undefined ? 0 : bestBankTime({ ...state.bankTime, phoneNow });
  if (seen === undefined) return byJournal;
  const { bankTime: lastBankTime } = seen.bulletin.fields;
  return Math.max(byJournal, bestBankTime({ lastBankTime, phoneAtLast: seen.seenAt, phoneNow }));
}
