import { randomBytes } from 'node:crypto';
import {
  documentId,
  encodeCbor,
  encodePacket,
  keyHash,
  signDocument,
  suiteNumber,
} from '@sikka/protocol';
import type { Allowance, Mode, Signed, Signer, Suite } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner, nodeVerifier } from '@sikka/protocol/node';
import { inTransaction } from '../../src/db/index.ts';
import { checkBooks, createAccounts, post } from '../../src/ledger/index.ts';
import { createSettlement } from '../../src/settlement/index.ts';
import type { Outcome, Settlement } from '../../src/settlement/index.ts';
import { insertAllowance } from '../../src/wallets/allowances/store.ts';
import { openWallet } from '../../src/wallets/index.ts';
import type { WalletRecord } from '../../src/wallets/index.ts';
import type { TestDatabase } from '../support/index.ts';

/** A bank with people, devices and real signatures, on a real database. */

export const PKR = 586;
export const USD = 840;
export const DAY = 86_400;
/** Three days ago: the bank judges received times by the database's own clock. */
export const START = Math.floor(Date.now() / 1000) - 3 * DAY;
export const issuerNumber = 7;

export interface Person {
  readonly accountId: bigint;
  readonly name: string;
  readonly current: WalletRecord;
  readonly offline: WalletRecord;
}

export interface Device {
  readonly no: bigint;
  readonly owner: Person;
  readonly signer: Signer;
}

export interface IssuedAllowance {
  readonly no: bigint;
  readonly id: Uint8Array;
  readonly document: Signed<Allowance>;
  readonly device: Device;
  readonly reservation: bigint;
}

export interface AllowanceTerms {
  readonly limit?: number;
  readonly perPayment?: number;
  readonly count?: number;
  readonly firstSequence?: number;
  readonly currency?: number;
  readonly until?: number;
  readonly claimUntil?: number;
}

export interface PaymentFields {
  readonly sequence: number;
  readonly amount: number;
  readonly spent: number;
  readonly previous: Uint8Array;
  readonly payee: number;
  readonly mode?: Mode;
  readonly bind?: Uint8Array;
  readonly salt?: Uint8Array;
  readonly currency?: number;
}

export interface SignedPayment {
  readonly packet: Uint8Array;
  readonly id: Uint8Array;
  readonly sequence: number;
  readonly amount: number;
  readonly spent: number;
}

export interface Town {
  readonly db: TestDatabase;
  readonly settlement: Settlement;
  readonly issuer: Signer & { readonly number: number };
  /** The bank's clock; tests set it. */
  now: number;
  /** Another process of the same bank, on the same database. */
  anotherNode(options?: { readonly clock?: () => Date }): Settlement;
  person(money?: { readonly currency?: number; readonly offline?: number }): Promise<Person>;
  device(owner: Person, suite?: Suite): Promise<Device>;
  allowance(device: Device, terms?: AllowanceTerms): Promise<IssuedAllowance>;
  sign(allowance: IssuedAllowance, fields: PaymentFields): Promise<SignedPayment>;
  hand(packets: readonly Uint8Array[], by?: Settlement): Promise<readonly Outcome[]>;
  balance(account: bigint): Promise<bigint>;
  /** Throws where money is made, lost, or below a floor. */
  checkMoney(): Promise<void>;
  /** The inbox sees so many milliseconds go by: its times are the database's. */
  passTime(ms: number): Promise<void>;
  count(table: string): Promise<number>;
  status(no: bigint): Promise<string>;
}

export async function createTown(db: TestDatabase): Promise<Town> {
  const issuerKey = await generateNodeSigningKey('ES256');
  const issuer = { ...nodeSigner('ES256', issuerKey.privateKey), number: issuerNumber };
  const verifier = nodeVerifier();
  const issuers = new Map([
    [issuerNumber, { number: issuerNumber, suite: issuer.suite, publicKey: issuer.publicKey }],
  ]);
  const cash = new Map<number, bigint>();
  const anotherNode: Town['anotherNode'] = ({ clock = () => new Date(town.now * 1000) } = {}) =>
    createSettlement({
      pool: db.serverPool,
      bank: 'test-bank',
      issuers: async () => issuers,
      signer: async () => issuer,
      verifier,
      clock,
    });

  async function cashOf(currency: number): Promise<bigint> {
    const known = cash.get(currency);
    if (known !== undefined) return known;
    const [account] = await inTransaction(db.serverPool, (tx) =>
      createAccounts(tx, [{ kind: 'bank_cash', currency }], new Date(START * 1000)),
    );
    cash.set(currency, account!);
    return account!;
  }

  const town: Town = {
    db,
    issuer,
    now: START,
    get settlement() {
      return settlement;
    },
    anotherNode,
    person: async ({ currency = PKR, offline = 1_000_000 } = {}) => {
      const at = new Date(START * 1000);
      const name = `p-${randomBytes(6).toString('hex')}`;
      const bankCash = await cashOf(currency);
      return inTransaction(db.serverPool, async (tx) => {
        const { rows } = await tx.query<{ id: bigint }>(
          `insert into accounts (public_id, email, name, created_at)
            values ($1, $2, $1, $3) returning id`,
          [name, `${name}@example.test`, at],
        );
        const accountId = rows[0]!.id;
        const current = await openWallet(tx, { accountId, kind: 'current', currency, at });
        const wallet = await openWallet(tx, { accountId, kind: 'offline', currency, at });
        if (offline > 0) {
          const amountMinor = BigInt(offline);
          const credit = wallet.ledgerAccount;
          await post(tx, [{ kind: 'deposit', currency, debit: bankCash, credit, amountMinor }], at);
        }
        return { accountId, name, current, offline: wallet };
      });
    },
    device: async (owner, suite = 'ES256') => {
      const key = await generateNodeSigningKey(suite);
      const signer = nodeSigner(suite, key.privateKey);
      const { rows } = await db.serverPool.query<{ no: bigint }>(
        `insert into devices (account_id, suite, public_key, key_hash, role, enrolment, created_at)
          values ($1, $2, $3, $4, 'both', '\\x00', $5) returning no`,
        [
          owner.accountId,
          suiteNumber(suite),
          signer.publicKey,
          keyHash(suite, signer.publicKey),
          new Date(START * 1000),
        ],
      );
      return { no: rows[0]!.no, owner, signer };
    },
    allowance: (device, terms) => issue(town, device, terms),
    sign: (allowance, fields) => sign(allowance, fields),
    hand: async (packets, by = settlement) => {
      const received = await by.receive(batchOf(packets), 'tester');
      if (!received.ok) throw new Error(`${received.code}: ${received.detail}`);
      return by.settle(received.value.uploadId);
    },
    balance: async (account) => {
      const { rows } = await db.serverPool.query<{ balance: bigint }>(
        'select balance from ledger_balances where account_id = $1',
        [account],
      );
      return rows[0]!.balance;
    },
    checkMoney: () => checkMoney(db),
    passTime: async (ms) => {
      await db.ownerPool.query(
        `update inbox set visible_at = visible_at - $1 * interval '1 millisecond'`,
        [ms],
      );
    },
    count: async (table) => {
      const { rows } = await db.ownerPool.query<{ n: bigint }>(
        `select count(*) as n from ${table}`,
      );
      return Number(rows[0]!.n);
    },
    status: async (no) => {
      const { rows } = await db.ownerPool.query<{ status: string }>(
        'select status from allowance_states where no = $1',
        [no],
      );
      return rows[0]!.status;
    },
  };
  const settlement = anotherNode();
  return town;
}

export function batchOf(packets: readonly Uint8Array[]): Uint8Array {
  return encodeCbor([...packets]);
}

async function issue(
  { db, issuer, now }: Town,
  device: Device,
  terms: AllowanceTerms = {},
): Promise<IssuedAllowance> {
  const { limit = 10_000, perPayment = limit, count = 100, firstSequence = 1 } = terms;
  const { currency = PKR, until = START + 14 * DAY, claimUntil = until + 14 * DAY } = terms;
  const { suite, publicKey } = device.signer;
  const at = new Date(now * 1000);
  return inTransaction(db.serverPool, async (tx) => {
    const { rows } = await tx.query<{ no: bigint }>(`select nextval('allowance_serials') as no`);
    const no = rows[0]!.no;
    const fields: Allowance = {
      type: 'allowance',
      issuerKey: issuer.number,
      serial: Number(no),
      suite,
      publicKey,
      journalNonce: new Uint8Array(randomBytes(8)),
      currency,
      limitMinor: BigInt(limit),
      perPaymentMinor: BigInt(perPayment),
      count,
      firstSequence,
      from: now,
      until,
      claimUntil,
      policyEpoch: 1,
      minVersion: 1,
    };
    const document = await signDocument(fields, issuer);
    const id = documentId({ type: 'allowance', suite: issuer.suite }, document.payload);
    const [reservation] = await createAccounts(tx, [{ kind: 'reservation', currency }], at);
    const packet = encodePacket({ kind: 'document', document });
    const { owner } = device;
    await insertAllowance(tx, {
      fields,
      id,
      packet,
      requestId: id,
      request: packet,
      accountId: owner.accountId,
      deviceNo: device.no,
      payerWallet: owner.offline.number,
      reservation: reservation!,
      at,
    });
    const debit = owner.offline.ledgerAccount;
    const move = { kind: 'reserve', currency, debit, credit: reservation! };
    const posted = await post(tx, [{ ...move, amountMinor: BigInt(limit) }], at);
    if (!posted.ok) throw new Error(posted.code);
    return { no, id, document, device, reservation: reservation! };
  });
}

async function sign(allowance: IssuedAllowance, fields: PaymentFields): Promise<SignedPayment> {
  const payment = await signDocument(
    {
      type: 'payment',
      sequence: fields.sequence,
      amountMinor: BigInt(fields.amount),
      currency: fields.currency ?? allowance.document.fields.currency,
      spentMinor: BigInt(fields.spent),
      previous: fields.previous,
      payeeWallet: fields.payee,
      mode: fields.mode ?? 'dynamic',
      bind: fields.bind ?? new Uint8Array(randomBytes(32)),
      salt: fields.salt ?? new Uint8Array(randomBytes(16)),
      claimedAt: START,
    },
    allowance.device.signer,
    allowance.id,
  );
  const packet = encodePacket({ kind: 'payment', allowance: allowance.document, payment });
  const { suite } = payment;
  const id = documentId({ type: 'payment', suite, parentId: allowance.id }, payment.payload);
  const { sequence, amount, spent } = fields;
  return { packet, id, sequence, amount, spent };
}

/** Payments of an honest journal: numbered, chained, adding up. */
export async function journal(
  town: Town,
  allowance: IssuedAllowance,
  payments: readonly {
    readonly amount: number;
    readonly payee: number;
    readonly bind?: Uint8Array;
  }[],
): Promise<readonly SignedPayment[]> {
  const signed: SignedPayment[] = [];
  let previous = allowance.id;
  let spent = 0;
  let sequence = allowance.document.fields.firstSequence;
  for (const payment of payments) {
    spent += payment.amount;
    const next = await town.sign(allowance, { ...payment, sequence, spent, previous });
    signed.push(next);
    previous = next.id;
    sequence += 1;
  }
  return signed;
}

function nonceOf({ document }: IssuedAllowance): Uint8Array {
  return document.fields.journalNonce;
}

export interface ReturnFields {
  readonly lastSequence: number;
  readonly total: number;
  readonly head: Uint8Array;
  readonly journalNonce?: Uint8Array;
}

export async function signReturn(
  allowance: IssuedAllowance,
  { lastSequence, total, head, journalNonce = nonceOf(allowance) }: ReturnFields,
): Promise<{ readonly packet: Uint8Array; readonly id: Uint8Array }> {
  const { signer } = allowance.device;
  const totalMinor = BigInt(total);
  const fields = { type: 'return', lastSequence, totalMinor, head, journalNonce } as const;
  const returned = await signDocument(fields, signer, allowance.id);
  const packet = encodePacket({
    kind: 'return',
    allowance: allowance.document,
    return: returned,
  });
  const context = { type: 'return', suite: signer.suite, parentId: allowance.id } as const;
  return { packet, id: documentId(context, returned.payload) };
}

async function checkMoney({ ownerPool }: TestDatabase): Promise<void> {
  const books = await inTransaction(ownerPool, (tx) => checkBooks(tx), {
    isolation: 'repeatable read',
    readOnly: true,
  });
  if (!books.ok) throw new Error('The books do not balance.');
  const { rows } = await ownerPool.query<{ no: bigint }>(
    `select a.no from allowances as a
      join allowance_states as s on s.no = a.no
      join ledger_balances as b on b.account_id = a.ledger_account
      where b.balance <> s.limit_minor - s.settled_minor - s.released_minor or b.balance < 0
        or s.settled_minor <> coalesce(
          (select sum(amount) from settled_payments where allowance_no = a.no), 0)`,
  );
  if (rows.length > 0) throw new Error(`Allowance ${rows[0]!.no}: reservation and state differ.`);
}

/** What an outcome says, short. */
export function said({ result, code }: Outcome): string {
  return result === 'rejected' ? (code ?? 'nothing') : result;
}

/** As if these bytes had been received at that time: only the owner can do that. */
export async function receiveAt(
  town: Town,
  seconds: number,
  packets: readonly Uint8Array[],
): Promise<bigint> {
  const received = await town.settlement.receive(batchOf(packets), 'tester');
  if (!received.ok) throw new Error(received.code);
  await inTransaction(town.db.ownerPool, async (tx) => {
    await tx.query('alter table uploads disable trigger append_only');
    await tx.query('update uploads set received_at = to_timestamp($2) where id = $1', [
      received.value.uploadId,
      seconds,
    ]);
    await tx.query('alter table uploads enable always trigger append_only');
  });
  return received.value.uploadId;
}

export function issuersOf(town: Town) {
  const { number, suite, publicKey } = town.issuer;
  return new Map([[number, { number, suite, publicKey }]]);
}
