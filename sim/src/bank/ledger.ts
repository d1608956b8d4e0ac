import type { UndoLog } from './undo-log.ts';

export type LedgerKind =
  'bank_cash' | 'wallet_current' | 'wallet_offline' | 'reservation' | 'limit' | 'float';

export interface LedgerAccount {
  readonly id: bigint;
  readonly kind: LedgerKind;
  readonly currency: number;
  /** `bank_cash` is the counterpart of all customers' money, so it alone has no floor. */
  readonly floor: bigint | undefined;
  balance: bigint;
}

export interface LedgerTransfer {
  readonly kind: string;
  readonly currency: number;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly amountMinor: bigint;
  /** Unique within the kind, but for settlements, which settled payments make unique. */
  readonly reference: Uint8Array | undefined;
  readonly at: number;
}

/** Raised as the database raises it: the constraint's name tells who asked that money is short. */
export class ShortOfMoney extends Error {
  override readonly name = 'ShortOfMoney';
  readonly constraint = 'ledger_balances_floor';
}

/** The ledger in memory: accounts, balances, and every transfer there ever was. */
export interface MemoryLedger {
  readonly accounts: ReadonlyMap<bigint, LedgerAccount>;
  readonly transfers: readonly LedgerTransfer[];
  open(kind: LedgerKind, currency: number): bigint;
  /** All or nothing, judged on the balances after the whole call. Throws `ShortOfMoney`. */
  post(transfers: readonly LedgerTransfer[]): void;
}

export function createMemoryLedger(log: UndoLog): MemoryLedger {
  const accounts = new Map<bigint, LedgerAccount>();
  const transfers: LedgerTransfer[] = [];
  const references = new Map<string, true>();
  return {
    accounts,
    transfers,
    open(kind, currency) {
      const id = BigInt(accounts.size + 1);
      const floor = kind === 'bank_cash' ? undefined : 0n;
      log.set(accounts, id, { id, kind, currency, floor, balance: 0n });
      return id;
    },
    post(posted) {
      const moved = new Set<LedgerAccount>();
      for (const transfer of posted) {
        const { kind, reference, amountMinor } = transfer;
        if (amountMinor < 1n) throw new Error('A transfer of nothing.');
        if (reference !== undefined && kind !== 'settlement') {
          const key = `${kind}:${Buffer.from(reference).toString('hex')}`;
          if (references.has(key)) throw new Error(`The ledger has ${kind} of this already.`);
          log.set(references, key, true);
        }
        for (const [id, by] of sidesOf(transfer)) {
          const account = accounts.get(id);
          if (account?.currency !== transfer.currency) throw new Error('No such account.');
          log.assign(account, { balance: account.balance + by });
          moved.add(account);
        }
        log.push(transfers, transfer);
      }
      for (const { floor, balance } of moved) {
        if (floor !== undefined && balance < floor) throw new ShortOfMoney('Below the floor.');
      }
    },
  };
}

function sidesOf({ debit, credit, amountMinor }: LedgerTransfer): readonly [bigint, bigint][] {
  if (debit === credit) throw new Error('A transfer to itself.');
  return [
    [debit, -amountMinor],
    [credit, amountMinor],
  ];
}
