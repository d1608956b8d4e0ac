import {
  bundleMessage,
  bundleUri,
  concatBytes,
  encodeBase64,
  fromHex,
  hex,
  publicKeySpki,
  utf8,
} from '../../src/index.ts';
import type { BundleCode, BundlePush } from '../../src/index.ts';
import {
  bundleEnvelope,
  CONTENT,
  p256Der,
  pemOf,
  pushed,
  pushOf,
  rsaPem,
  rsaPushOf,
  TILL,
} from '../support/bundles.ts';
import { signerOf } from '../support/keys.ts';
import type { JsonObject } from './case.ts';
import type { BadBundle } from './device-bundle.ts';

type Row = readonly [name: string, about: string, input: JsonObject];

function rows(code: BundleCode, table: readonly Row[]): readonly BadBundle[] {
  return table.map(([name, about, input]) => ({ name, about, code, input }));
}

/** PEM texts that nobody registers. */
export function badKeys(push: JsonObject): readonly BadBundle[] {
  const der = p256Der(TILL);
  const offCurve = concatBytes(der.slice(0, -1), Uint8Array.of((der.at(-1) ?? 0) ^ 1));
  const key = (publicKey: string) => ({ ...push, publicKey });
  const ed25519 = publicKeySpki('EdDSA', signerOf('EdDSA', 'bundle/till').publicKey);
  const rsa = rsaPem('bundle/rsa').replaceAll('\n', '');
  return rows('bundle/key_invalid', [
    ['key-not-pem', 'No PEM.', key('key')],
    ['key-private', 'Another kind of PEM.', key(pemOf(der, 'PRIVATE KEY'))],
    ['key-off-curve', 'A point off the curve.', key(pemOf(offCurve))],
    ['key-cut', 'A byte short.', key(pemOf(der.slice(0, -1)))],
    ['key-longer', 'Something after it.', key(pemOf(concatBytes(der, Uint8Array.of(0))))],
    ['key-compressed', 'Another encoding.', key(pemOf(publicKeySpki('ES256', TILL.publicKey)))],
    ['key-ed25519', 'Another algorithm.', key(pemOf(ed25519))],
    ['key-rsa-3', 'e = 3.', key(rsa.replace('AgMBAAE=', 'AgEDAAA=').replace('IDAQAB', 'IDAQAD'))],
    ['key-long', 'More than 2,048 characters.', key(' '.repeat(2_048) + pemOf(der))],
  ]);
}

/** Signatures that are not the device's over these bytes. */
export async function badSignatures(
  payload: Uint8Array,
  signature: Uint8Array,
): Promise<readonly BadBundle[]> {
  const raw = await TILL.sign(payload);
  const stranger = await pushOf(new TextDecoder().decode(payload), signerOf('ES256', 'stranger'));
  const signed = (bytes: Uint8Array) => pushed(payload, bytes);
  const text = encodeBase64(payload);
  const wide = concatBytes(fromHex('3081'), signature.slice(1));
  const push = signed(signature);
  const rsa = rsaPushOf(await bundleEnvelope(CONTENT));
  return [
    ...rows('bundle/signature_invalid', [
      ['signature-stranger', 'Another key’s.', stranger],
      ['signature-raw', 'r‖s is not DER.', signed(raw)],
      ['signature-long-length', 'Another encoding.', signed(wide)],
      ['signature-longer', 'Something after it.', signed(concatBytes(signature, Uint8Array.of(0)))],
      ['signature-cut', 'A byte short.', signed(signature.slice(0, -1))],
      ['signature-negative', 'A negative r.', signed(fromHex('3006020180020101'))],
      [
        'signature-padded',
        'An integer with a zero too many.',
        signed(fromHex('300702020001020101')),
      ],
      ['signature-zero', 'r of zero.', signed(fromHex('3006020100020101'))],
      ['signature-empty', 'Nothing.', signed(new Uint8Array(0))],
      ['signature-not-base64', 'No bytes.', { ...push, signature: '?' }],
      [
        'signature-of-base64',
        'Over the text.',
        {
          ...push,
          encryptedPayload: encodeBase64(utf8(text)),
        },
      ],
      ['rsa-other-key', 'Another RSA key’s.', { ...rsa, publicKey: rsaPem('wallet-key/payer') }],
      ['rsa-short', 'A byte short.', { ...rsa, signature: encodeBase64(new Uint8Array(255)) }],
      [
        'rsa-as-p256',
        'A signature of another scheme.',
        { ...rsa, publicKey: pemOf(p256Der(TILL)) },
      ],
    ]),
    ...rows('bundle/malformed', [
      [
        'payload-not-base64',
        'No bytes.',
        { ...push, encryptedPayload: `${text.slice(0, -4)}*===` },
      ],
      ['payload-loose', 'Bits beyond the last byte.', { ...push, encryptedPayload: 'AB==' }],
      ['payload-empty', 'Nothing.', { ...push, encryptedPayload: '' }],
    ]),
  ];
}

/** Payloads that the device signed and nobody can open. */
export async function badEnvelopes(): Promise<readonly BadBundle[]> {
  const good = await bundleEnvelope(CONTENT);
  const push = (changes: object) => pushOf({ ...good, ...changes });
  const bytes = (length: number) => encodeBase64(new Uint8Array(length).fill(7));
  const other = await bundleEnvelope(CONTENT, 'bundle/other-bank');
  const flipped = good.cipher.startsWith('A') ? 'B' : 'A';
  return [
    ...rows('bundle/malformed', [
      ['envelope-text', 'Not JSON.', await pushOf('envelope')],
      ['envelope-array', 'No object.', await pushOf([good])],
      [
        'envelope-duplicate',
        'Named twice.',
        await pushOf(JSON.stringify(good).replace('{', '{"iv":"",')),
      ],
      ['no-tag', 'A part is missing.', await push({ tag: undefined })],
      ['iv-16', 'An iv of 16 bytes.', await push({ iv: bytes(16) })],
      ['tag-12', 'A short tag.', await push({ tag: bytes(12) })],
      ['key-1025', 'A wrapped key of 1,025 bytes.', await push({ key_wrapped: bytes(1_025) })],
      ['cipher-number', 'No text.', await push({ cipher: 5 })],
    ]),
    ...rows('bundle/unwrap_failed', [
      ['other-bank', 'Wrapped for another bank.', await pushOf(other)],
      ['key-altered', 'A byte of the key.', await push({ key_wrapped: alter(good.key_wrapped) })],
      ['key-no-point', 'No point on the curve.', await push({ key_wrapped: bytes(125) })],
      ['key-60', 'A form that this bank does not unwrap.', await push({ key_wrapped: bytes(60) })],
      ['key-empty', 'No key.', await push({ key_wrapped: '' })],
    ]),
    ...rows('bundle/open_failed', [
      ['cipher-altered', 'A byte of it.', await push({ cipher: flipped + good.cipher.slice(1) })],
      ['tag-altered', 'Another tag.', await push({ tag: bytes(16) })],
      ['iv-altered', 'Another iv.', await push({ iv: bytes(12) })],
    ]),
  ];
}

function alter(base64: string): string {
  const at = base64.length - 8;
  return base64.slice(0, at) + (base64[at] === 'A' ? 'B' : 'A') + base64.slice(at + 1);
}

/** Codes and messages that carry no bundle. */
export function badCarried(push: BundlePush): readonly BadBundle[] {
  const uri = bundleUri(push);
  const message = bundleMessage(push);
  return [
    ...rows('bundle/malformed', [
      ['uri-other-scheme', 'Another scheme.', { uri: uri.replace('molam', 'https') }],
      ['uri-other-host', 'Another host.', { uri: uri.replace('offline', 'online') }],
      ['uri-no-clock', 'A part is missing.', { uri: uri.replace(/&clock=.*/, '') }],
      ['uri-sig-twice', 'A part named twice.', { uri: `${uri}&sig=AA` }],
      ['uri-no-id', 'No bundle named.', { uri: uri.replace(/offline\/[^?]*/, 'offline/') }],
      ['uri-half-escape', 'Not percent-encoded.', { uri: uri.replace('sig=', 'sig=%2') }],
      ['message-cut', 'Not whole.', { message: hex(message.slice(0, -1)) }],
      ['message-longer', 'Something after it.', { message: `${hex(message)}00` }],
      ['message-seven', 'A seventh item.', { message: `87${hex(message.slice(1))}00` }],
      ['message-packet', 'Another kind of message.', { message: '8301f5f4' }],
    ]),
    ...rows('bundle/too_large', [
      ['uri-long', 'Over 65,536 characters.', { uri: `${uri}${'0'.repeat(65_536)}` }],
    ]),
  ];
}
