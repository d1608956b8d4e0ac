import { decodePacketOfKind, encodePacket } from '@sikka/protocol';
import { hexOnce } from './hex-once.ts';
import { ordersView } from './memory-order-view.ts';
import type { BankView, ProofView } from './port.ts';
import type { AllowanceRow, ProofRow, RejectedRow, Tables } from './tables.ts';
import { keyOf } from './tables.ts';

/** What a proof keeps, read once a row: rows of proofs are never written again. */
export type Evidence = WeakMap<ProofRow, ProofView['packets']>;

/** Everything that stands in the books, as invariants read it. */
export function viewOf(tables: Tables, now: number, evidence: Evidence = new WeakMap()): BankView {
  const { ledger, wallets, settledById, rejectedById, proofs, refundsById, returns } = tables;
  const accounts = [...ledger.accounts.values()];
  const owners = new Map([...tables.accounts.values()].map(({ id, publicId }) => [id, publicId]));
  const idOf = (no: bigint) => hexOnce(tables.allowances.get(no)?.terms.id ?? new Uint8Array());
  return {
    now,
    balances: new Map(accounts.map(({ id, kind, balance }) => [`${kind}:${id}`, balance])),
    mayBeNegative: new Set(
      accounts.filter(({ floor }) => floor === undefined).map(({ id, kind }) => `${kind}:${id}`),
    ),
    wallets: new Map(
      [...wallets.values()]
        .filter(({ kind }) => kind === 'current')
        .map(({ number, ledgerAccount }) => [number, balanceOf(tables, ledgerAccount)]),
    ),
    offlineWallets: new Map(
      [...wallets.values()]
        .filter(({ kind }) => kind === 'offline')
        .map(({ number, accountId, ledgerAccount }) => {
          const balanceMinor = balanceOf(tables, ledgerAccount);
          return [owners.get(accountId) ?? '', { number, balanceMinor }];
        }),
    ),
    allowances: [...tables.allowances.values()].map((row) => {
      return allowanceView(tables, row, owners.get(row.terms.accountId) ?? '');
    }),
    settled: [...settledById.values()].map(({ id, allowanceNo, batchId, ...row }) => {
      const { sequence, amountMinor, payeeWallet, settledAt, extra } = row;
      const isAlone = tables.batches[Number(batchId) - 1]?.part === 'item';
      const uploadId = isAlone ? undefined : Number(row.evidence.uploadId);
      const of = { allowanceId: idOf(allowanceNo), uploadId };
      return { id: hexOnce(id), ...of, sequence, amountMinor, payeeWallet, settledAt, extra };
    }),
    keyPayments: [...tables.keys.settledKeys.values()].map(({ id, ...row }) => {
      const { payerWallet, payeeWallet, nonce, amountMinor, settledAt } = row;
      return { id: hexOnce(id), payerWallet, payeeWallet, nonce, amountMinor, settledAt };
    }),
    rejected: [...rejectedById.values()].map(rejectedView),
    proofs: [...proofs.values()].map((row) => {
      const decided = tables.decidedCases.has(keyOf(row.id));
      const packets = evidence.get(row) ?? packetsOf(row.packet);
      evidence.set(row, packets);
      return proofView(row, { allowanceId: idOf(row.allowanceNo), owners, decided, packets });
    }),
    refunds: [...refundsById.values()].map(({ id, paymentId, number, amountMinor }) => {
      return { id: hexOnce(id), paymentId: hexOnce(paymentId), number, amountMinor };
    }),
    returns: [...returns.values()].map(({ id, allowanceNo, lastSequence, totalMinor, head }) => {
      const allowanceId = idOf(allowanceNo);
      return { id: hexOnce(id), allowanceId, lastSequence, totalMinor, head: hexOnce(head) };
    }),
    uploads: uploadsOf(tables),
    bulletinVersion: tables.bulletins.length,
    orders: ordersView(tables),
  };
}

function uploadsOf({ uploads, inbox }: Tables): BankView['uploads'] {
  return [...uploads.values()].map(({ id, uploader, receivedAt, bytes }) => {
    const seconds = Math.floor(receivedAt.getTime() / 1000);
    // What is held is nobody's to decide.
    const waits = inbox.get(id);
    const decided = waits === undefined || waits.heldBy !== undefined;
    return { id: Number(id), account: uploader, receivedAt: seconds, bytes, decided };
  });
}

function balanceOf({ ledger }: Tables, account: bigint): bigint {
  return ledger.accounts.get(account)?.balance ?? 0n;
}

function allowanceView(tables: Tables, row: AllowanceRow, account: string) {
  const { terms, fields, status, settledMinor, releasedMinor, packet } = row;
  const { until, claimUntil } = fields;
  const till = Number(terms.deviceNo);
  const reservedMinor = balanceOf(tables, terms.reservation);
  const money = { limitMinor: terms.limitMinor, settledMinor, releasedMinor, reservedMinor };
  return { id: hexOnce(terms.id), account, till, status, ...money, until, claimUntil, packet };
}

function rejectedView({ documentId, code, proofId }: RejectedRow) {
  return {
    id: hexOnce(documentId ?? new Uint8Array()),
    code,
    proofId: proofId && hexOnce(proofId),
  };
}

interface Named {
  readonly allowanceId: string;
  readonly owners: ReadonlyMap<bigint, string>;
  readonly decided: boolean;
  readonly packets: ProofView['packets'];
}

function proofView(row: ProofRow, named: Named): ProofView {
  const { allowanceId, owners, decided, packets } = named;
  const account = owners.get(row.accountId) ?? '';
  const documents = [hexOnce(row.firstId), hexOnce(row.secondId)] as const;
  return { id: hexOnce(row.id), allowanceId, account, decided, documents, packets };
}

/** The two documents of a proof, each as its own packet. */
export function packetsOf(proof: Uint8Array): ProofView['packets'] {
  const decoded = decodePacketOfKind('proof', proof);
  if (!decoded.ok) throw new Error('A proof that does not decode.');
  const { allowance, first, second } = decoded.value;
  const [one, other] = [first, second].map(({ document }) => {
    const { fields, ...signed } = document;
    return fields.type === 'payment'
      ? encodePacket({ kind: 'payment', allowance, payment: { ...signed, fields } })
      : encodePacket({ kind: 'return', allowance, return: { ...signed, fields } });
  });
  return [one ?? new Uint8Array(), other ?? new Uint8Array()];
}
