import { decodeCbor, decodePacket, encodeCbor, MAX_PACKET_BYTES } from '@sikka/protocol';
import { openBackup } from '@sikka/wallet/backup';
import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { packets } from '../seeds.ts';
import { requireThat } from '../target.ts';
import type { Target } from '../target.ts';

const CODE = '123456789012';
const SALT = new Uint8Array(16).fill(5);
const CODES = new Set(['wallet/backup_invalid', 'wallet/backup_not_opened']);

let derived: { readonly key: Buffer; readonly iterations: number } | undefined;

/** The key that {@link CODE} opens, derived once: spec/backup.md §1. */
function sealingKey() {
  const iterations = 600_000;
  derived ??= { key: pbkdf2Sync(CODE, SALT, iterations, 32, 'sha256'), iterations };
  return derived;
}

/** A backup file around any content: sealed as a phone seals, spec/backup.md §1. */
function sealedFile(content: Uint8Array): Uint8Array {
  const { key, iterations } = sealingKey();
  const head = ['sikka/backup', 1, SALT, iterations] as const;
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(encodeCbor([...head]));
  const sealed = [nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()];
  return encodeCbor([...head, new Uint8Array(Buffer.concat(sealed))]);
}

/**
 * A backup: the file itself where it begins as one, else what is sealed in one. Stretching the
 * code costs a second or so of a phone, so this target reads few inputs.
 */
export const BACKUP_TARGETS: readonly Target[] = [
  {
    name: 'backup',
    shape: 'cbor',
    seeds: () => {
      const content = encodeCbor(['sikka', 'ayesha', 1_800_000_000, packets().slice(0, 12)]);
      const good = packets().filter((each) => {
        const decoded = decodePacket(each);
        return decoded.ok && ['payment', 'refund', 'return'].includes(decoded.value.kind);
      });
      return [
        content,
        encodeCbor(['sikka', 'ayesha', 1_800_000_000, good.slice(-6)]),
        encodeCbor(['sikka/backup', 1, SALT, 600_000, new Uint8Array(40)]),
        encodeCbor(['sikka/backup', 1, SALT, 2 ** 31, new Uint8Array(40)]),
      ];
    },
    maxBytes: 20_000,
    read: async (input) => {
      const decoded = decodeCbor(input, { maxBytes: 8 * MAX_PACKET_BYTES });
      const parts = (decoded.ok && Array.isArray(decoded.value) ? decoded.value : []) as unknown[];
      const isContent = parts.length === 4;
      const opened = await openBackup(isContent ? sealedFile(input) : input, CODE);
      if (!opened.ok) {
        requireThat(CODES.has(opened.code), `a code of the list, not ${opened.code}`);
        return opened.code;
      }
      requireThat(isContent, 'only what was sealed opens');
      return opened.backup.documents.map(({ kind }) => kind).join(' ');
    },
  },
];
