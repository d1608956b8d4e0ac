import { hex } from '@sikka/protocol';
import type { ReceiptPacket } from '@sikka/protocol';
import { openWallet, payerOf } from '@sikka/wallet/payer';
import type { Payer, Wallet, WalletParts } from '@sikka/wallet/payer';
import { payeeOf } from '@sikka/wallet/payee';
import type { Payee } from '@sikka/wallet/payee';
import type { PhoneClock } from './clock.ts';
import { openDisk } from './disk.ts';
import type { Disk } from './disk.ts';
import { Died } from './fuse.ts';
import type { Fuse } from './fuse.ts';
import { openVault, witnessesOf } from './keystore.ts';
import type { Vault } from './keystore.ts';
import type { Link } from './network.ts';
import type { Recorder } from './recorder.ts';
import { idOfSigned, signingKey } from './reference/signature.ts';
import type { Truth, Violation } from './truth.ts';

/** The verbs of the process that runs on a phone. */
export interface Process {
  readonly wallet: Wallet;
  readonly payer: Payer;
  readonly payee: Payee;
}

/** One phone with the real SDK: what of it outlives its process, and what happens to it. */
export interface Phone {
  /** Unique in a run: `ayesha#2`. */
  readonly name: string;
  readonly account: string;
  readonly disk: Disk;
  readonly vault: Vault;
  readonly clock: PhoneClock;
  readonly fuse: Fuse;
  readonly link: Link;
  /** Enrolled, and not yet stopped for good. */
  usable: boolean;
  /** Ids of what it showed to a payee, of what it answered as accepted. */
  readonly shown: Set<string>;
  readonly answered: Set<string>;
  /** Runs a verb; undefined where the process died in it. The next verb opens a new one. */
  use<T>(verb: (process: Process) => Promise<T>): Promise<T | undefined>;
  /** Another process on the same disk and keys, as a second tab. */
  another(): Promise<Process | undefined>;
  /** The process is gone, without a word. */
  kill(): void;
}

export interface PhoneParts extends Pick<
  Phone,
  'account' | 'clock' | 'disk' | 'fuse' | 'link' | 'name' | 'vault'
> {
  readonly bank: Pick<WalletParts['bank'], 'currency' | 'id'>;
  readonly verifier: NonNullable<WalletParts['verifier']>;
  readonly recorder: Recorder;
  /** Told of what no phone may do. */
  readonly report: (violation: Violation) => void;
}

export function createPhone(parts: PhoneParts): Phone {
  const { fuse, recorder, report } = parts;
  let process: Process | undefined;
  const goesOn = watchStopped(parts);

  async function opened(): Promise<Process | undefined> {
    try {
      return (process ??= await openProcess(parts));
    } catch (error) {
      if (error instanceof Died) return undefined;
      if (!(error instanceof DamagedPhone)) throw error;
      phone.usable = false;
      report({ invariant: 'journals-open', detail: error.message });
      return undefined;
    }
  }
  /** Reads the journal with a process that nothing kills. */
  async function record(): Promise<void> {
    const wallet = (await opened())?.wallet;
    if (wallet === undefined) return;
    const state = await wallet.journal.read();
    const seen = await wallet.bulletins.read();
    recorder.journal(state, phone, seen?.bulletin.fields);
    if (state.rolledBack !== undefined) phone.usable = false;
    for (const violation of goesOn(state)) report(violation);
    for (const violation of forgotten(phone, state)) report(violation);
    for (const violation of unearned(phone, state, recorder.truth)) report(violation);
  }

  const phone: Phone = {
    ...parts,
    usable: true,
    shown: new Set(),
    answered: new Set(),
    async use(verb) {
      const running = await opened();
      if (running === undefined) return undefined;
      try {
        return await verb(running);
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        process = undefined;
        return undefined;
      } finally {
        fuse.disarm();
        await record();
      }
    },
    another: async () => {
      const second = await openWallet(walletParts(parts));
      return second.ok ? processOf(second.wallet) : undefined;
    },
    kill() {
      process = undefined;
    },
  };
  return phone;
}

/** A wallet that refuses to open its own journal. */
class DamagedPhone extends Error {
  override readonly name = 'DamagedPhone';
}

async function openProcess(parts: PhoneParts): Promise<Process> {
  const opened = await openWallet(walletParts(parts));
  if (opened.ok) return processOf(opened.wallet);
  throw new DamagedPhone(`${parts.name}: ${opened.code}, ${opened.detail}`);
}

function processOf(wallet: Wallet): Process {
  return { wallet, payer: payerOf(wallet), payee: payeeOf(wallet) };
}

function walletParts(parts: PhoneParts): WalletParts {
  const { account, bank, clock, disk, fuse, link, vault, verifier } = parts;
  return {
    store: openDisk(disk, fuse),
    keystore: openVault(vault, fuse),
    client: link.calls,
    bank: { ...bank, account },
    clock,
    random: vault.random,
    witnesses: witnessesOf(vault),
    verifier,
    suite: vault.suite,
  };
}

/** What a phone's journal says. */
export type WalletState = Awaited<ReturnType<Wallet['journal']['read']>>;

/** Tells where a phone signs more than it had signed when it stopped for good. */
function watchStopped({ name }: PhoneParts): (state: WalletState) => readonly Violation[] {
  let stoppedWith: number | undefined;
  return ({ given, rolledBack }) => {
    const isMore = given.size > (stoppedWith ?? Infinity);
    stoppedWith = rolledBack && given.size;
    const detail = `${name} pays though it is stopped for good`;
    return isMore ? [{ invariant: 'roll-back-is-noticed', detail }] : [];
  };
}

/** What a phone showed or answered, and its journal does not have. */
function forgotten(phone: Phone, { given, accepted }: WalletState): readonly Violation[] {
  const shown = [...phone.shown].filter((id) => !given.has(id));
  const answered = [...phone.answered].filter((id) => !accepted.has(id));
  return [
    ...shown.map((id) => missing(phone, 'shown-is-kept', id)),
    ...answered.map((id) => missing(phone, 'accepted-is-kept', id)),
  ];
}

/** A receipt that a phone keeps, and that its payee never gave. */
function unearned({ name }: Phone, { given }: WalletState, truth: Truth): readonly Violation[] {
  return [...given].flatMap(([id, { packet, receipt }]) => {
    if (receipt === undefined) return [];
    const { payeeWallet, amountMinor } = packet.payment.fields;
    const payee = [...truth.parties.values()].find(({ wallet }) => wallet === payeeWallet);
    const taken = truth.accepted.get(id)?.some(({ by }) => by === payee?.account) === true;
    const { wallet } = receipt.credential.fields;
    const isOfIt = receipt.receipt.fields.amountMinor === amountMinor && wallet === payeeWallet;
    const isTrue = isOfIt && isReceiptSigned(receipt) && (taken || payee?.dishonest !== false);
    if (isTrue || payee === undefined) return [];
    const detail = `${name} keeps a receipt of ${id}, and ${payee.account} gave none`;
    return [{ invariant: 'receipts', detail }];
  });
}

/** By the reference alone, once a receipt. */
function isReceiptSigned(packet: ReceiptPacket): boolean {
  const known = signedReceipts.get(packet);
  if (known !== undefined) return known;
  const { credential, credentialId: parentId, receipt, receiptId } = packet;
  const key = signingKey(credential.fields.suite, credential.fields.publicKey);
  const { payload, signature } = receipt;
  const id = key && idOfSigned({ type: 'receipt', key, parentId, payload, signature });
  signedReceipts.set(packet, id === hex(receiptId));
  return id === hex(receiptId);
}

const signedReceipts = new WeakMap<ReceiptPacket, boolean>();

function missing({ name }: Phone, invariant: string, id: string): Violation {
  return { invariant, detail: `${name} no longer has the payment ${id}` };
}
