import { createCipheriv, pbkdf2Sync } from 'node:crypto';
import { encodeCbor, encodePacket, hex } from '../../src/index.ts';
import type { CborValue } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { family } from './case.ts';
import type { VectorCase, VectorRow } from './case.ts';

const CODE = '4802 7713 9056';
const PLAIN_CODE = '480277139056';
const ITERATIONS = 600_000;
const PASSPHRASE = 'ﬁve quiet-lamps';
const SALT = bytesOf('backup salt', 16);
const NONCE = bytesOf('backup nonce', 12);

/** What stands around and in a good file; each may be another. */
interface Parts {
  readonly name: string;
  readonly version: number;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** As the key is made of it. */
  readonly code: string;
  readonly content: CborValue;
}

/** Files of spec/backup.md, sealed here by Node's own cryptography and not by the wallet's. */
export async function backupVectors(): Promise<readonly VectorCase[]> {
  const scene = scenery.createScene();
  const under = await scenery.allowance(scene);
  const credential = await scenery.credential(scene);
  const payment = await scenery.payment(scene, under);
  const refund = await scenery.refund(scene, credential);
  const returned = await scenery.returned(scene, under);
  const request = await scenery.request(scene, credential);
  const packets = [
    encodePacket({ kind: 'payment', allowance: under, payment }),
    encodePacket({ kind: 'refund', credential, refund }),
    encodePacket({ kind: 'return', allowance: under, return: returned }),
  ];
  const kinds = ['payment', 'refund', 'return'] as const;
  const content = ['sikka-demo', 'ayesha', scenery.NOW, packets];
  const seal = sealerOf(content);
  const file = seal({});
  const opened = {
    ok: true,
    ...{ bank: 'sikka-demo', account: 'ayesha', madeAt: scenery.NOW },
    packets: packets.map((packet, i) => ({ kind: kinds[i] ?? '', packet: hex(packet) })),
  };
  const foreign = encodePacket({ kind: 'request', credential, request });
  return family('backup', [
    row('three-documents', 'Of each kind one.', { file, expect: opened }),
    row('passphrase', 'Normalised by NFKC, without white space and hyphens.', {
      ...{ file: seal({ code: 'fivequietlamps' }), code: PASSPHRASE, expect: opened },
    }),
    ...notOpened(seal, file),
    ...invalid(seal, file),
    row('another-kind', 'A request among the packets: the whole is none.', {
      file: seal({ content: ['sikka-demo', 'ayesha', scenery.NOW, [...packets, foreign]] }),
      expect: INVALID,
    }),
    row('nothing-in-it', 'No packet.', {
      file: seal({ content: ['sikka-demo', 'ayesha', scenery.NOW, []] }),
      expect: INVALID,
    }),
  ]);
}

const INVALID = { ok: false, code: 'wallet/backup_invalid' };
const NOT_OPENED = { ok: false, code: 'wallet/backup_not_opened' };

type Seal = (parts: Partial<Parts>) => Uint8Array;

function sealerOf(good: CborValue): Seal {
  return (parts) => {
    const { name = 'sikka/backup', version = 1, salt = SALT, code = PLAIN_CODE } = parts;
    const { iterations = ITERATIONS, content = good } = parts;
    const head = [name, version, salt, iterations];
    const key = pbkdf2Sync(code, salt, iterations, 32, 'sha256');
    const cipher = createCipheriv('aes-256-gcm', key, NONCE).setAAD(encodeCbor(head));
    const ciphertext = [cipher.update(encodeCbor(content)), cipher.final(), cipher.getAuthTag()];
    return encodeCbor([...head, new Uint8Array(Buffer.concat([NONCE, ...ciphertext]))]);
  };
}

function notOpened(seal: Seal, file: Uint8Array): readonly VectorRow[] {
  const altered = file.with(file.length - 20, (file.at(-20) ?? 0) ^ 1);
  const lowered = seal({ iterations: ITERATIONS + 1 });
  // The iterations stand before the sealed bytes as 1a 00 09 27 c1; one less is the usual cost.
  const at = lowered.findIndex((byte, i) => byte === 0xc1 && lowered[i - 1] === 0x27);
  return [
    row('wrong-code', 'One digit is another.', { file, code: '480277139057', expect: NOT_OPENED }),
    row('altered', 'One bit of what is sealed.', { file: altered, expect: NOT_OPENED }),
    row('other-iterations', 'The cost is bound to what is sealed.', {
      file: lowered.with(at, 0xc0),
      expect: NOT_OPENED,
    }),
  ];
}

function invalid(seal: Seal, file: Uint8Array): readonly VectorRow[] {
  return [
    row('cut', 'The last byte is missing.', { file: file.slice(0, -1), expect: INVALID }),
    row('byte-too-many', 'Bytes after the file.', {
      file: new Uint8Array([...file, 0]),
      expect: INVALID,
    }),
    row('version-2', 'A version that is not known.', {
      file: seal({ version: 2 }),
      expect: INVALID,
    }),
    row('another-name', 'Not a backup.', { file: seal({ name: 'sikka/copy' }), expect: INVALID }),
    row('cheap', 'Cheaper to guess than any wallet writes.', {
      file: seal({ iterations: ITERATIONS - 1 }),
      expect: INVALID,
    }),
    row('dear', 'Opening it would never end; refused before it is begun.', {
      file: encodeCbor(['sikka/backup', 1, SALT, 10_000_001, bytesOf('sealed')]),
      expect: INVALID,
    }),
    row('short-salt', 'A salt of 15 bytes.', {
      file: seal({ salt: SALT.slice(1) }),
      expect: INVALID,
    }),
  ];
}

interface Given {
  readonly file: Uint8Array;
  readonly code?: string;
  readonly expect: VectorRow['expect'];
}

function row(name: string, about: string, { file, code = CODE, expect }: Given): VectorRow {
  return { case: name, spec: 'backup.md §1', about, input: { file: hex(file), code }, expect };
}
