import type { Allowance, Bulletin, Transfer, Wallet } from '@sikka/api';
import { toBase64url } from '@sikka/api';
import { currencyOf, formatAmount, hex, publicKeyPem } from '@sikka/protocol';
import type { AllowanceRecord } from './allowances/index.ts';
import type { BulletinRecord } from './bulletin.ts';
import type { CompletedTransfer } from './transfers.ts';
import type { WalletWithMoney } from './wallets.ts';

/** Records of this domain as the HTTP contract writes them. */

export function wireWallet(wallet: WalletWithMoney, bankAccount?: string): Wallet {
  const { number, account, kind, currency, availableMinor, reservedMinor, modulus } = wallet;
  return {
    id: number,
    user_id: account,
    wallet_type: kind,
    currency: letters(currency),
    balance: formatAmount(availableMinor + reservedMinor, currency),
    reserved: formatAmount(reservedMinor, currency),
    available: formatAmount(availableMinor, currency),
    public_key: modulus === undefined ? null : publicKeyPem('PS256', modulus),
    bank_account_number: wallet.hasBankAccount ? (bankAccount ?? null) : null,
    is_active: wallet.status === 'active',
    created_at: wallet.createdAt.toISOString(),
    updated_at: wallet.updatedAt.toISOString(),
  };
}

export function wireTransfer(transfer: CompletedTransfer): Transfer {
  const { id, account, from, to, currency, amountMinor, reference, at } = transfer;
  return {
    id: Number(id),
    user_id: account,
    from_wallet_id: from,
    to_wallet_id: to,
    amount: formatAmount(amountMinor, currency),
    currency: letters(currency),
    status: 'completed',
    reference: reference ?? `T-${id}`,
    timestamp: at.toISOString(),
  };
}

/** The last settled payment of an allowance, as settlement has it. */
export interface WireHead {
  readonly sequence: number;
  readonly spentMinor: bigint;
  readonly paymentId: Uint8Array;
}

export function wireAllowance(record: AllowanceRecord, head: WireHead | undefined): Allowance {
  const { currency } = record;
  return {
    allowance_id: hex(record.id),
    serial: Number(record.no),
    till: Number(record.deviceNo),
    wallet_id: record.wallet,
    status: record.status,
    currency: letters(currency),
    limit: formatAmount(record.limitMinor, currency),
    per_payment: formatAmount(record.perPaymentMinor, currency),
    count: record.count,
    first_sequence: record.firstSequence,
    from: record.from,
    until: record.until,
    claim_until: record.claimUntil,
    settled: formatAmount(record.settledMinor, currency),
    released: formatAmount(record.releasedMinor, currency),
    head:
      head === undefined
        ? null
        : {
            sequence: head.sequence,
            spent: formatAmount(head.spentMinor, currency),
            payment_id: hex(head.paymentId),
          },
    issued_at: record.issuedAt.toISOString(),
    packet: toBase64url(record.packet),
  };
}

export function wireBulletin({ version, id, at, packet }: BulletinRecord): Bulletin {
  return { version, id: hex(id), issued_at: at.toISOString(), packet: toBase64url(packet) };
}

function letters(currency: number): string {
  const known = currencyOf(currency);
  if (known === undefined) throw new Error(`Currency ${currency} is not in the table.`);
  return known.alpha;
}
