import type { Tx } from '../../db/index.ts';
import type { Period } from './period.ts';
import { statementOf } from './statement.ts';
import type { Entry, Statement, Sums } from './statement.ts';
import * as store from './store.ts';
import type { Move, TransferWords, WalletAccount } from './store.ts';

export type WalletStatement =
  | { readonly ok: true; readonly value: Statement }
  | { readonly ok: false; readonly code: 'statement/too_many_entries' };

/**
 * A wallet's statement with at most `most` entries. All of it is read in one snapshot, so the
 * transaction is a repeatable read.
 */
export async function walletStatement(
  tx: Tx,
  wallet: WalletAccount,
  { most, ...on }: Period & { readonly most: number },
): Promise<WalletStatement> {
  const sums: Sums = await store.readSums(tx, wallet, on);
  if (sums.entries > most) return { ok: false, code: 'statement/too_many_entries' };
  const moves = await store.readMoves(tx, wallet, on);
  const others = new Set(moves.flatMap(({ other }) => other ?? []));
  const wallets = await store.readWalletsOf(tx, [...others]);
  const transfers = await store.readTransferWords(tx, moves.flatMap(transferIdOf));
  const entries = moves.map((move) => entryOf(move, { wallets, transfers }));
  const of = { ...on, account: wallet.number.toString(), currency: wallet.currency };
  return { ok: true, value: statementOf(of, sums, entries) };
}

interface Known {
  readonly wallets: ReadonlyMap<bigint, bigint>;
  readonly transfers: ReadonlyMap<bigint, TransferWords>;
}

function entryOf(move: Move, { wallets, transfers }: Known): Entry {
  const { source, no, at, kind, amount: amountMinor } = move;
  const [transferId] = transferIdOf(move);
  const transfer = transferId === undefined ? undefined : transfers.get(transferId);
  const other = otherWallet(move, transfer, wallets);
  const reference = transfer === undefined ? referenceOf(move) : wordsOf(transfer);
  return {
    ...{ id: `${source}-${no}`, at, kind, amountMinor },
    ...(other === undefined ? {} : { other: other.toString() }),
    ...(reference === undefined ? {} : { reference }),
  };
}

/**
 * Named where both sides know each other: a transfer, a payment by a wallet's key. A payment under
 * an allowance does not tell its payee who paid (spec/sealing.md), and neither does his statement:
 * the account that it debits is a reservation, which is no wallet's.
 */
function otherWallet(
  { amount, other, wallet }: Move,
  transfer: TransferWords | undefined,
  wallets: ReadonlyMap<bigint, bigint>,
): bigint | undefined {
  if (transfer !== undefined) return amount < 0n ? transfer.to : transfer.from;
  return wallet ?? (other === null ? undefined : wallets.get(other));
}

function wordsOf({ id, reference }: TransferWords): string {
  return reference ?? `T-${id}`;
}

const TRANSFER = /^transfer:([0-9]{1,18})$/;

function transferIdOf({ kind, reference }: Move): readonly bigint[] {
  if (kind !== 'transfer' || reference === null) return [];
  const [, id] = TRANSFER.exec(reference.toString('latin1')) ?? [];
  return id === undefined ? [] : [BigInt(id)];
}

/** `topup:12`, or the id of a document, as `sha256sum` prints it. */
const NAMED = /^[a-z]+:[!-~]+$/;

function referenceOf({ reference }: Move): string | undefined {
  const text = reference?.toString('latin1');
  return text === undefined || NAMED.test(text) ? text : reference?.toString('hex');
}
