import { hex } from '@sikka/protocol';
import type { Tx } from '../../db/index.ts';
import { readBatch, readClaims } from '../../settlement/index.ts';
import type { Claim } from '../../settlement/index.ts';
import { walletsByKey } from '../../wallets/index.ts';
import {
  readAccountsNamed,
  readConcerned,
  readHeldBytes,
  readHeldUploads,
} from './store/concerned.ts';

/**
 * Accounts that gain or lose by what a review holds, and who registered the till: whoever has one
 * of them does not decide. Whom the till names is one thing; payer and payee of a payment that it
 * carries are who signed it and for whom, whatever the till says.
 */
export async function concernedBy(
  tx: Tx,
  review: bigint,
  { demo }: { readonly demo: boolean },
): Promise<ReadonlySet<bigint>> {
  const concerned = new Set(await readConcerned(tx, review, { demo }));
  // One at a time: an upload is up to 8 MiB.
  for (const upload of await readHeldUploads(tx, review)) {
    const items = readBatch(await readHeldBytes(tx, upload));
    if (!items.ok) continue;
    for (const account of await partiesOf(tx, await readClaims(items.value))) {
      concerned.add(account);
    }
  }
  return concerned;
}

/** Payers and payees, as the documents themselves name them; nothing in them is proved yet. */
async function partiesOf(tx: Tx, claims: readonly Claim[]): Promise<readonly bigint[]> {
  const wallets: number[] = [];
  const allowances: Uint8Array[] = [];
  const people: string[] = [];
  const keys: Uint8Array[] = [];
  for (const claim of claims) {
    if (claim.kind === 'payment') {
      wallets.push(claim.packet.payment.fields.payeeWallet);
      allowances.push(claim.packet.allowanceId);
    } else if (claim.kind === 'key_payment') {
      wallets.push(claim.signed.claimed.payerWallet);
      keys.push(claim.signed.claimed.payeeKey);
    } else if (claim.kind === 'ledger_entry') {
      people.push(claim.transaction.fromId, claim.transaction.toId);
    }
  }
  const byKey = await walletsByKey(tx, keys);
  const named = keys.flatMap((key) => byKey.get(hex(key)) ?? []);
  return readAccountsNamed(tx, { wallets: [...wallets, ...named], allowances, people });
}
