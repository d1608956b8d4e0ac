import type { Allowance as WireAllowance } from '@sikka/api';
import { fromBase64url, toBase64url } from '@sikka/api';
import { refuseStanding, termsOf } from '@sikka/bank/deciding';
import {
  currencyOf,
  decodePacketOfKind,
  documentId,
  encodePacket,
  equalBytes,
  formatAmount,
  hex,
  signDocument,
  verifyDocument,
} from '@sikka/protocol';
import type { Allowance, AllowanceRequest, Signed } from '@sikka/protocol';
import { currentIssuer } from './issuer.ts';
import { ShortOfMoney } from './ledger.ts';
import { isoOf, useChallenge } from './people.ts';
import type { Desk } from './people.ts';
import type { BankCalls } from './port.ts';
import { answered, problem } from './problems.ts';
import type { AccountRow, AllowanceRow, DeviceRow, Tables, WalletRow } from './tables.ts';
import { keyOf } from './tables.ts';

type Calls = Pick<BankCalls, 'createAllowance' | 'listAllowances'>;

/** Issuing (spec/settlement.md §4), by the bank's own rules and terms. */
export function allowanceCalls(desk: Desk, account: AccountRow): Calls {
  const { tables } = desk;
  return {
    async createAllowance({ body: { request } }) {
      if (account.status !== 'active') return problem('auth/account_blocked');
      return createAllowance(desk, account, fromBase64url(request) ?? new Uint8Array());
    },
    async listAllowances() {
      const own = [...tables.allowances.values()].filter(({ terms }) => {
        return terms.accountId === account.id;
      });
      return answered({ allowances: own.reverse().map((row) => wireAllowance(tables, row)) });
    },
  };
}

type Created = Awaited<ReturnType<BankCalls['createAllowance']>>;

/** Thrown to undo the transaction, and answered as a value. */
class Refusal extends Error {
  readonly answer: Created;

  constructor(answer: Created) {
    super('refused');
    this.answer = answer;
  }
}

async function createAllowance(
  desk: Desk,
  account: AccountRow,
  packet: Uint8Array,
): Promise<Created> {
  const { tables, parts, verifier } = desk;
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok || decoded.value.document.fields.type !== 'allowance-request') {
    return problem('allowance/request_invalid');
  }
  const request = decoded.value.document as Signed<AllowanceRequest>;
  const { fields } = request;
  if (fields.amountMinor === 0n) return problem('allowance/request_invalid');
  if (fields.bank !== parts.bankId) return problem('allowance/wrong_bank');
  if (fields.account !== account.publicId) return problem('allowance/wrong_account');
  const device = [...tables.devices.values()].find((row) => {
    return equalBytes(row.keyHash, fields.keyHash);
  });
  if (device?.accountId !== account.id || device.role === 'payee') {
    return problem('allowance/device_unknown');
  }
  if (!(await verifyDocument(request, device, verifier))) {
    return problem('allowance/signature_invalid');
  }
  const order = { account, device, request: fields, requestId: decoded.value.id };
  try {
    return await tables.log.transaction(() => issue(desk, order));
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (error instanceof ShortOfMoney) return problem('wallet/insufficient_funds');
    throw error;
  }
}

interface Order {
  readonly account: AccountRow;
  readonly device: DeviceRow;
  readonly request: AllowanceRequest;
  readonly requestId: Uint8Array;
}

async function issue(desk: Desk, order: Order): Promise<Created> {
  const { tables, parts } = desk;
  const { account, device, request, requestId } = order;
  const first = [...tables.allowances.values()].find(({ terms, fields }) => {
    return terms.deviceNo === device.no && equalBytes(fields.journalNonce, request.journalNonce);
  });
  if (first !== undefined) {
    const same = equalBytes(first.requestId, requestId);
    return same ? answered(wireAllowance(tables, first)) : problem('allowance/nonce_used');
  }
  const wallet = offlineWallet(tables, account.id);
  const policy = policyOf(desk);
  const outstanding = outstandingOf(tables, { wallet, device });
  const standing = { policy, account, device, wallet, outstanding };
  const code = refuseStanding(request.amountMinor, standing);
  if (code !== undefined) return problem(code);
  const { challenge } = request;
  const use = { challenge, accountId: account.id, purpose: 'allowance' } as const;
  if (!useChallenge(desk, use)) throw new Refusal(problem('device/challenge_invalid'));
  const issuer = currentIssuer(tables);
  const terms = termsOf(request, policy, parts.now());
  const fields: Allowance = {
    ...terms,
    // A world's windows are not whole days.
    until: Math.round(terms.until),
    claimUntil: Math.round(terms.claimUntil),
    issuerKey: issuer.number,
    serial: tables.allowances.size + 1,
    suite: device.suite,
    publicKey: device.publicKey,
  };
  const document = await signDocument(fields, issuer);
  const id = documentId({ type: 'allowance', suite: issuer.suite }, document.payload);
  const packet = encodePacket({ kind: 'document', document });
  const row = reserve(desk, { order, fields, wallet, id, packet });
  return answered(wireAllowance(tables, row), 201);
}

interface Reserving {
  readonly order: Order;
  readonly fields: Allowance;
  readonly wallet: WalletRow;
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
}

function reserve(
  { tables, parts }: Desk,
  { order, fields, wallet, id, packet }: Reserving,
): AllowanceRow {
  const { currency, limitMinor, count, firstSequence } = fields;
  const reservation = tables.ledger.open('reservation', currency);
  const no = BigInt(fields.serial);
  const row: AllowanceRow = {
    terms: {
      ...{ no, id, accountId: order.account.id, deviceNo: order.device.no, reservation },
      ...{ payerOffline: wallet.ledgerAccount, currency, limitMinor, count, firstSequence },
    },
    ...{ fields, packet, requestId: order.requestId, payerWallet: wallet.number },
    ...{ issuedAt: parts.now(), status: 'active', settledMinor: 0n, releasedMinor: 0n },
    revokedAt: undefined,
  };
  tables.log.set(tables.allowances, no, row);
  tables.log.set(tables.allowancesById, keyOf(id), row);
  const sides = { debit: wallet.ledgerAccount, credit: reservation };
  const move = { kind: 'reserve', currency, amountMinor: limitMinor, reference: id };
  tables.ledger.post([{ ...move, ...sides, at: parts.now() }]);
  return row;
}

/** No bound but those of the world: what one person may have outstanding is its own to try. */
const UNBOUNDED = 2n ** 52n;
const DAY_SECONDS = 86_400;

function policyOf({ parts: { policy, currency } }: Desk) {
  const { perPaymentMinor, count, validSeconds, claimSeconds } = policy;
  return {
    ...{ currency, epoch: 1, perPaymentMinor, count, limitMinor: UNBOUNDED },
    validDays: validSeconds / DAY_SECONDS,
    claimDays: (claimSeconds - validSeconds) / DAY_SECONDS,
    ...{ maxPerAccountMinor: UNBOUNDED, maxPerDeviceMinor: UNBOUNDED },
  };
}

function outstandingOf(
  { allowances }: Tables,
  { wallet, device }: { readonly wallet: WalletRow; readonly device: DeviceRow },
) {
  let [accountMinor, deviceMinor] = [0n, 0n];
  for (const { terms, payerWallet, settledMinor, releasedMinor } of allowances.values()) {
    if (payerWallet !== wallet.number) continue;
    const left = terms.limitMinor - settledMinor - releasedMinor;
    accountMinor += left;
    if (terms.deviceNo === device.no) deviceMinor += left;
  }
  return { accountMinor, deviceMinor };
}

function offlineWallet({ wallets }: Tables, accountId: bigint): WalletRow {
  for (const row of wallets.values()) {
    if (row.accountId === accountId && row.kind === 'offline') return row;
  }
  throw new Error('An account without an offline wallet.');
}

function wireAllowance(tables: Tables, row: AllowanceRow): WireAllowance {
  const { terms, fields, status, packet } = row;
  const money = (minor: bigint) => formatAmount(minor, fields.currency);
  const head = tables.settled.get(terms.no)?.at(-1);
  const { sequence = 1, spentMinor = 0n, id = new Uint8Array() } = head ?? {};
  return {
    ...{ allowance_id: hex(terms.id), serial: fields.serial, till: Number(terms.deviceNo) },
    ...{ wallet_id: row.payerWallet, status, currency: currencyOf(fields.currency)?.alpha ?? '' },
    ...{ limit: money(fields.limitMinor), per_payment: money(fields.perPaymentMinor) },
    ...{ count: fields.count, first_sequence: fields.firstSequence, from: fields.from },
    ...{ until: fields.until, claim_until: fields.claimUntil },
    ...{ settled: money(row.settledMinor), released: money(row.releasedMinor) },
    head: head ? { sequence, spent: money(spentMinor), payment_id: hex(id) } : null,
    ...{ issued_at: isoOf(row.issuedAt), packet: toBase64url(packet) },
  };
}
