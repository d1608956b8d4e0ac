import type { Settling } from '@sikka/bank/deciding';
import { createSettling } from '@sikka/bank/deciding';
import { fromHex, hex } from '@sikka/protocol';
import type { WalletKey } from '@sikka/protocol';
import type { Random } from '../random.ts';
import { allowanceCalls } from './allowances.ts';
import { bulletinCalls, issueBulletin } from './bulletins.ts';
import { handInCalls } from './hand-in.ts';
import type { HandingIn } from './hand-in.ts';
import { issuersOf, makeIssuerKey } from './issuer.ts';
import { registerWalletKey } from './memory-keys.ts';
import { createOrderDesk } from './memory-order-desk.ts';
import { createMemoryStore } from './memory-store.ts';
import type { StoreStep } from './memory-store.ts';
import type { Evidence } from './memory-view.ts';
import { viewOf } from './memory-view.ts';
import { peopleCalls } from './people.ts';
import type { Desk } from './people.ts';
import type { OperatorAct, SimBank, SimBankParts } from './port.ts';
import type { AccountRow, Tables } from './tables.ts';
import { createTables, keyOf } from './tables.ts';
import { deposit, openWallet } from './wallets.ts';
import { workOnce } from './worker.ts';

/**
 * The bank in this process: its real proving, deciding and evidence on tables in memory, its real
 * terms of allowances; enrolment, bulletins and closing as small as they can be.
 */
export async function createMemoryBank(parts: SimBankParts): Promise<SimBank> {
  const tables = createTables((point) => void parts.fault(point));
  // What other processes of this bank do meanwhile.
  const rivals = parts.random.fork('rivals');
  const desk: Desk = { tables, parts, verifier: parts.verifier };
  const evidence: Evidence = new WeakMap();
  let settling = startProcess(desk, rivals);
  makeIssuerKey(tables, { random: parts.random, now: parts.now() });
  await issueBulletin(desk);
  return {
    openAccount: async (account, balanceMinor) => openAccount(desk, account, balanceMinor),
    registerKey: (account, key) => registerKey(desk, account, key),
    orders: createOrderDesk(desk, () => settling),
    client(publicId) {
      const account = tables.accounts.get(publicId);
      if (account === undefined) throw new Error(`There is no account ${publicId}.`);
      const handing = {
        ...desk,
        // Looked up at each call: the process may have been started again.
        settling: lazily(() => settling),
        postpones: () => rivals.chance(POSTPONED),
      };
      return {
        ...peopleCalls(desk, account),
        ...allowanceCalls(desk, account),
        ...bulletinCalls(desk),
        ...handInCalls(handing, account),
      };
    },
    operate: (act) => operate(desk, act),
    work: () => workOnce(desk, settling),
    restart: async () => {
      settling = startProcess(desk, rivals);
    },
    observe: async () => viewOf(tables, parts.now(), evidence),
    stop: async () => undefined,
  };
}

/** How often a batch is left to the worker, and how often another process is quicker. */
const POSTPONED = 0.1;
const OVERTAKEN = 0.2;

function lazily(settling: () => Settling): HandingIn['settling'] {
  return {
    receive: (bytes, uploader) => settling().receive(bytes, uploader),
    settle: (uploadId, held) => settling().settle(uploadId, held),
  };
}

/** A process of the bank, with nothing in memory but what it reads. */
function startProcess(desk: Desk, rivals: Random): Settling {
  const { tables, parts, verifier } = desk;
  const settlingOn = (step: (at: StoreStep) => Promise<void> | void): Settling => {
    const clock = () => new Date(parts.now() * 1000);
    const issuers = async () => issuersOf(tables);
    return createSettling({
      ...{ store: createMemoryStore(tables, { clock, step }), issuers, verifier },
    });
  };
  const rival = settlingOn(() => undefined);
  return settlingOn(async (at) => {
    parts.fault(`settlement/${at}`);
    if (at !== 'before-deciding' || !rivals.chance(OVERTAKEN)) return;
    const due = [...tables.inbox].filter(([, { heldBy }]) => heldBy === undefined);
    const waiting = due.map(([id]) => id);
    // Between reading and locking: perhaps this very upload.
    if (waiting.length > 0) await rival.settle(rivals.pick(waiting));
  });
}

function openAccount({ tables, parts }: Desk, publicId: string, balanceMinor: bigint): number {
  const { currency } = parts;
  const id = BigInt(tables.accounts.size + 1);
  const account: AccountRow = { id, publicId, status: 'active' };
  tables.log.set(tables.accounts, publicId, account);
  const current = openWallet(tables, { accountId: id, kind: 'current', currency });
  const offline = openWallet(tables, { accountId: id, kind: 'offline', currency });
  const credit = offline.ledgerAccount;
  deposit(tables, { credit, currency, amountMinor: balanceMinor, at: parts.now() });
  return current.number;
}

async function registerKey(
  { tables, parts }: Desk,
  publicId: string,
  key: WalletKey,
): Promise<void> {
  const account = tables.accounts.get(publicId);
  const own = [...tables.wallets.values()].find(({ accountId, kind }) => {
    return accountId === account?.id && kind === 'offline';
  });
  if (own === undefined) throw new Error(`${publicId} has no offline wallet.`);
  const registering = { key, wallet: own.number, now: parts.now() };
  await tables.log.transaction(() => registerWalletKey(tables, registering));
}

async function operate(desk: Desk, act: OperatorAct): Promise<void> {
  const { tables, parts } = desk;
  switch (act.act) {
    case 'rotate-issuer-key': {
      const before = tables.issuerKeys.at(-1);
      await tables.log.transaction(async () => {
        makeIssuerKey(tables, { random: parts.random, now: parts.now() });
        // The first to list a key is signed by the key before: others do not know it yet.
        await issueBulletin(desk, before);
      });
      return;
    }
    case 'revoke-device': {
      const device = tables.devices.get(BigInt(act.till));
      if (device === undefined) return;
      return tables.log.transaction(() => revokeDevice(tables, device.no, parts.now()));
    }
    case 'issue-bulletin':
      return tables.log.transaction(() => issueBulletin(desk));
    case 'decide-case': {
      const known = [...tables.proofs.values()].some(({ id }) => hex(id) === act.proofId);
      if (!known) return;
      return tables.log.transaction(() => {
        tables.log.set(tables.decidedCases, keyOf(fromHex(act.proofId)), true);
      });
    }
  }
}

/** Binds payers and payees who hear of it; at the bank it refuses nothing that is reserved. */
function revokeDevice(tables: Tables, no: bigint, now: number): void {
  const device = tables.devices.get(no);
  if (device !== undefined) tables.log.assign(device, { status: 'revoked' });
  for (const row of tables.credentials.values()) {
    if (row.deviceNo === no) tables.log.assign(row, { revoked: true });
  }
  for (const row of tables.allowances.values()) {
    if (row.terms.deviceNo !== no) continue;
    const isOpen = row.status === 'active' || row.status === 'returned';
    const status = isOpen ? 'revoked' : row.status;
    tables.log.assign(row, { status, revokedAt: row.revokedAt ?? now });
  }
}
