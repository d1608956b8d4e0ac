import { hex } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import { readBatch, readClaims } from '../../settlement/index.ts';
import type { Claim, Settlement } from '../../settlement/index.ts';
import { walletsByKey } from '../../wallets/index.ts';
import {
  readAccountsNamed,
  readConcerned,
  readHeldBytes,
  readHeldUploads,
  readPaidByTill,
} from './store/concerned.ts';

/** By upload, the places of the items whose signatures hold. */
export type ProvedItems = ReadonlyMap<bigint, ReadonlySet<number>>;

export interface Concerned {
  /** Whose money it is that goes, and who registered the till: they decide in no way. */
  readonly either: ReadonlySet<bigint>;
  /** Whom a release pays: they do not release, and may reject. */
  readonly paid: ReadonlySet<bigint>;
}

/** What the uploads of a review prove. Before the transaction that decides: it takes a while. */
export async function provedItems(
  {
    pool,
    settlement,
  }: { readonly pool: Db; readonly settlement: Pick<Settlement, 'provedPlaces'> },
  review: bigint,
): Promise<ProvedItems> {
  const proved = new Map<bigint, ReadonlySet<number>>();
  for (const upload of await readHeldUploads(pool, review)) {
    proved.set(upload, await settlement.provedPlaces(upload));
  }
  return proved;
}

/**
 * Accounts that gain or lose by what a review holds, and who registered the till. Whom the till
 * pays with its tenant's money is one thing; payer and payee of a payment that it carries are who
 * signed it and for whom, whatever the till says, and only where the signature holds: else a till
 * could name all of the bank's staff, and nobody would be left to decide about it.
 */
export async function concernedBy(
  tx: Tx,
  review: bigint,
  { demo, proved }: { readonly demo: boolean; readonly proved: ProvedItems },
): Promise<Concerned> {
  const either = new Set(await readConcerned(tx, review, { demo }));
  const paid = new Set(await readPaidByTill(tx, review));
  // One at a time: an upload is up to 8 MiB.
  for (const upload of await readHeldUploads(tx, review)) {
    const items = readBatch(await readHeldBytes(tx, upload));
    if (!items.ok) continue;
    // One that is held only since then is proved by nobody yet, and taken at its word.
    const places = proved.get(upload);
    const claims = await readClaims(items.value);
    const holding = claims.filter(({ item }) => places?.has(item.place) ?? true);
    const parties = await partiesOf(tx, holding);
    for (const account of parties.payers) either.add(account);
    for (const account of parties.payees) paid.add(account);
  }
  return { either, paid };
}

interface Parties {
  readonly payers: readonly bigint[];
  readonly payees: readonly bigint[];
}

/** As the documents themselves name them. */
async function partiesOf(tx: Tx, claims: readonly Claim[]): Promise<Parties> {
  const payer = { wallets: [] as number[], allowances: [] as Uint8Array[], people: [] as string[] };
  const payee = { wallets: [] as number[], allowances: [], people: [] as string[] };
  const keys: Uint8Array[] = [];
  for (const claim of claims) {
    if (claim.kind === 'payment') {
      payer.allowances.push(claim.packet.allowanceId);
      payee.wallets.push(claim.packet.payment.fields.payeeWallet);
    } else if (claim.kind === 'key_payment') {
      payer.wallets.push(claim.signed.claimed.payerWallet);
      keys.push(claim.signed.claimed.payeeKey);
    } else if (claim.kind === 'ledger_entry') {
      payer.people.push(claim.transaction.fromId);
      payee.people.push(claim.transaction.toId);
    }
  }
  const byKey = await walletsByKey(tx, keys);
  payee.wallets.push(...keys.flatMap((key) => byKey.get(hex(key)) ?? []));
  return {
    payers: await readAccountsNamed(tx, payer),
    payees: await readAccountsNamed(tx, payee),
  };
}
