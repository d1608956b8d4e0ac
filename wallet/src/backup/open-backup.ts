import { decodeCbor, decodePacket, hex, twoWords } from '@sikka/protocol';
import type { CborValue } from '@sikka/protocol';
import { refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { unsealWith } from '../keystore/aes-gcm.ts';
import {
  MAX_BACKUP_BYTES,
  MAX_BACKUP_PACKETS,
  MAX_PBKDF2_ITERATIONS,
  PBKDF2_ITERATIONS,
} from '../limits.ts';
import { codeBytes } from './backup-code.ts';
import { BACKUP_NAME, BACKUP_VERSION, backupKey, headBytes, SALT_BYTES } from './backup-key.ts';
import type { BackupHead } from './backup-key.ts';

/** One document of a backup: what a person needs to know it again, and the bytes for the bank. */
export interface BackedUp {
  readonly kind: 'payment' | 'refund' | 'return';
  readonly documentId: string;
  /** Of a refund: all that is given back of its payment; of a return: all that was spent. */
  readonly amountMinor: bigint;
  /** The same two words as on both phones; of payments only. */
  readonly twoWords: readonly [string, string] | undefined;
  readonly packet: Uint8Array;
}

export interface OpenedBackup {
  /** The bank's text id and the account of the phone it is from. */
  readonly bank: string;
  readonly account: string;
  /** By that phone's clock, in seconds. */
  readonly madeAt: number;
  readonly documents: readonly BackedUp[];
}

/**
 * Opens a backup with its code. Nothing in it is proved here: the bank judges every document.
 *
 * Refuses `wallet/backup_invalid` for bytes that are no backup of a version known, and
 * `wallet/backup_not_opened` where the code is wrong or the file was altered.
 */
export async function openBackup(
  bytes: Uint8Array,
  code: string,
): Promise<Outcome<{ readonly backup: OpenedBackup }>> {
  const file = readFile(bytes);
  if (file === undefined) return refuse('wallet/backup_invalid', 'no backup');
  const given = codeBytes(code);
  const content =
    given && (await unsealWith(await backupKey(given, file), file.sealed, headBytes(file)));
  if (content === undefined) return refuse('wallet/backup_not_opened', 'code or bytes');
  const backup = readContent(content);
  if (backup === undefined) return refuse('wallet/backup_invalid', 'not what was sealed');
  return { ok: true, backup };
}

function readFile(bytes: Uint8Array): (BackupHead & { sealed: Uint8Array }) | undefined {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_BACKUP_BYTES });
  if (!decoded.ok || !isList(decoded.value) || decoded.value.length !== 5) return undefined;
  const [name, version, salt, iterations, sealed] = decoded.value;
  if (name !== BACKUP_NAME || version !== BACKUP_VERSION) return undefined;
  if (!(salt instanceof Uint8Array) || salt.length !== SALT_BYTES) return undefined;
  if (typeof iterations !== 'number' || !(sealed instanceof Uint8Array)) return undefined;
  // Neither cheaper to guess than what we write, nor so dear that opening never ends.
  const usual = iterations >= PBKDF2_ITERATIONS && iterations <= MAX_PBKDF2_ITERATIONS;
  return usual ? { salt, iterations, sealed } : undefined;
}

function readContent(bytes: Uint8Array): OpenedBackup | undefined {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_BACKUP_BYTES });
  if (!decoded.ok || !isList(decoded.value) || decoded.value.length !== 4) return undefined;
  const [bank, account, madeAt, packets] = decoded.value;
  if (typeof bank !== 'string' || typeof account !== 'string') return undefined;
  if (typeof madeAt !== 'number' || packets === undefined || !isList(packets)) return undefined;
  if (packets.length === 0 || packets.length > MAX_BACKUP_PACKETS) return undefined;
  const documents = packets.map(readPacket);
  const known = documents.filter((document) => document !== undefined);
  return known.length === documents.length
    ? { bank, account, madeAt, documents: known }
    : undefined;
}

function readPacket(bytes: CborValue): BackedUp | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  const decoded = decodePacket(bytes);
  if (!decoded.ok) return undefined;
  const packet = decoded.value;
  switch (packet.kind) {
    case 'payment': {
      const { paymentId, payment } = packet;
      return {
        ...{ kind: 'payment', documentId: hex(paymentId), packet: bytes },
        ...{ amountMinor: payment.fields.amountMinor, twoWords: twoWords(paymentId) },
      };
    }
    case 'refund': {
      const { cumulativeMinor: amountMinor } = packet.refund.fields;
      const documentId = hex(packet.refundId);
      return { kind: 'refund', documentId, amountMinor, twoWords: undefined, packet: bytes };
    }
    case 'return': {
      const { totalMinor: amountMinor } = packet.return.fields;
      const documentId = hex(packet.returnId);
      return { kind: 'return', documentId, amountMinor, twoWords: undefined, packet: bytes };
    }
    default:
      return undefined;
  }
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}
