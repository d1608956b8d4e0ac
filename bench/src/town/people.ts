import { randomBytes } from 'node:crypto';
import {
  decodePacketOfKind,
  encodePacket,
  keyHash,
  signDocument,
  suiteNumber,
  walletNumberWithCheckDigit,
} from '@sikka/protocol';
import type { Allowance, Signed, Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import type { BankProcess } from '../bank/start.ts';
import { BANK_ID } from '../bank/start.ts';
import type { HttpClient } from '../http.ts';
import { jsonOf, withHttpClient } from '../http.ts';
import { inLanes, spread } from '../lanes.ts';
import type { Owner } from './store.ts';
import { insertDevices, insertPeople } from './store.ts';

/** Somebody with an account, two wallets, a device and an allowance, who pays on. */
export interface Payer {
  readonly account: string;
  readonly token: string;
  /** Number of the current wallet. */
  readonly wallet: number;
  /** Number of the wallet for spending offline. */
  readonly offline: number;
  readonly signer: Signer;
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  /** The last payment signed. */
  head: { sequence: number; spentMinor: bigint; id: Uint8Array };
}

export interface Opening {
  readonly owner: Owner;
  readonly bank: BankProcess;
  readonly count: number;
}

export const PKR = 586;
/** By the bank's policy for rupees (migration 0008): of 20,000.00 at most, 100 payments. */
export const ALLOWANCE_MINOR = 1_000_000n;
export const ALLOWANCE_COUNT = 100;
const MONEY_MINOR = 100_000_000n;
const FIRST_WALLET = 10_000_000_000;
/** Requests for allowances at once. */
const CONNECTIONS = 8;

/**
 * Opens that many payers. Accounts, wallets, money and devices are written set by set; allowances
 * are asked for over HTTP, so that the bank itself signs and reserves each.
 */
export async function openPayers({ owner, bank, count }: Opening): Promise<readonly Payer[]> {
  const people = Array.from({ length: count }, (_, i) => ({
    account: `payer-${i}`,
    current: walletNumberWithCheckDigit(FIRST_WALLET + 2 * i),
    offline: walletNumberWithCheckDigit(FIRST_WALLET + 2 * i + 1),
    minor: MONEY_MINOR,
  }));
  const ids = await insertPeople(owner, people);
  const tokens = await bank.tokens(people.map(({ account }) => account));
  const enrolled = await Promise.all(
    people.map(async ({ account, current: wallet, offline }, i) => {
      const { privateKey } = await generateNodeSigningKey('ES256');
      const signer = nodeSigner('ES256', privateKey);
      const token = tokens[i] ?? '';
      const id = ids[i] ?? '';
      return { ...(await enrol(account, signer)), account, wallet, offline, token, id };
    }),
  );
  await insertDevices(
    owner,
    enrolled.map(({ id, signer, enrolment, challenge }) => ({
      accountId: id,
      suite: suiteNumber(signer.suite),
      publicKey: signer.publicKey,
      keyHash: keyHash(signer.suite, signer.publicKey),
      enrolment,
      challenge,
    })),
  );
  return withHttpClient({ url: bank.url, connections: CONNECTIONS }, (client) =>
    inLanes(spread(enrolled, CONNECTIONS), (person) => askAllowance(client, person)),
  );
}

async function askAllowance(client: HttpClient, person: Enrolled): Promise<Payer> {
  const body = { type: 'application/json', bytes: await requestOf(person) };
  const { token } = person;
  const reply = await client.send({ path: '/api/v1/allowances', token, body });
  const { packet } = jsonOf<{ readonly packet: string }>(reply, 201);
  return payerOf(person, Buffer.from(packet, 'base64url'));
}

interface Enrolled {
  readonly account: string;
  readonly token: string;
  readonly wallet: number;
  readonly offline: number;
  readonly signer: Signer;
  readonly challenge: Uint8Array;
}

async function enrol(account: string, signer: Signer) {
  const { suite, publicKey } = signer;
  const challenge = new Uint8Array(randomBytes(32));
  const document = await signDocument(
    {
      type: 'enrolment',
      bank: BANK_ID,
      account,
      challenge: new Uint8Array(randomBytes(32)),
      suite,
      publicKey,
      ecdhKey: undefined,
      role: 'payer',
      time: nowSeconds(),
    },
    signer,
  );
  return { signer, challenge, enrolment: encodePacket({ kind: 'document', document }) };
}

async function requestOf({ account, signer, challenge }: Enrolled): Promise<Uint8Array> {
  const document = await signDocument(
    {
      type: 'allowance-request',
      bank: BANK_ID,
      account,
      keyHash: keyHash(signer.suite, signer.publicKey),
      journalNonce: new Uint8Array(randomBytes(8)),
      amountMinor: ALLOWANCE_MINOR,
      currency: PKR,
      challenge,
    },
    signer,
  );
  const packet = encodePacket({ kind: 'document', document });
  return Buffer.from(JSON.stringify({ request: Buffer.from(packet).toString('base64url') }));
}

function payerOf(person: Enrolled, packet: Uint8Array): Payer {
  const { account, token, wallet, offline, signer } = person;
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok || decoded.value.document.fields.type !== 'allowance') {
    throw new Error('The bank gave no allowance.');
  }
  const { id: allowanceId, document } = decoded.value;
  const allowance = document as Signed<Allowance>;
  const sequence = allowance.fields.firstSequence - 1;
  const head = { sequence, spentMinor: 0n, id: allowanceId };
  return { account, token, wallet, offline, signer, allowance, allowanceId, head };
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
