import {
  bundleUri,
  createFrameReceiver,
  decodeBase45,
  decodeBase64,
  decodeBase64Url,
  encodeBase45,
  encodeBase64,
  encodeBase64Url,
  encodePacket,
  equalBytes,
  MAX_BUNDLE_URI_CHARACTERS,
  MAX_FRAMED_BYTES,
  open,
  parseQr,
  qrText,
  readBundleUri,
  readEmvQr,
  readRaastP2p,
  sha256,
  splitFrames,
  utf8,
  walletNumberWithCheckDigit,
  writeEmvQr,
  crc16,
  decodeSealed,
  encodeSealed,
  fromHex,
  PROTOCOL_CODES,
} from '@sikka/protocol';
import { createECDH } from 'node:crypto';
import { bytesUnder, inputsOf, packets, textsUnder } from '../seeds.ts';
import { requireSameBytes, requireSameText, requireThat, saidOf, textOf } from '../target.ts';
import type { Target } from '../target.ts';

const CODES = new Set<string>(PROTOCOL_CODES);
const EMV_CODES = new Set(['malformed', 'crc_mismatch']);
const URI_CODES = new Set(['bundle/too_large', 'bundle/malformed']);

/** A code of a merchant or an account with its checksum put right, so that its fields are read. */
function withCrc(text: string): string {
  const covered = text.slice(0, -4);
  return /(?:63|10)04$/.test(covered) ? covered + crc16(covered) : text;
}

function readCode(text: string): string {
  const parsed = parseQr(text);
  if (parsed.ok) requireSameText(qrText(parsed.value.bytes), text);
  const uri = readBundleUri(text);
  if (uri.ok) {
    const again = readBundleUri(bundleUri(uri.value));
    requireThat(again.ok && again.value.signature === uri.value.signature, 'a link read again');
  }
  const emv = readEmvQr(text);
  const raast = readRaastP2p(text);
  const said = [saidOf(parsed, CODES), saidOf(uri, URI_CODES)];
  said.push(saidOf(emv, EMV_CODES), saidOf(raast, EMV_CODES));
  requireThat(said.filter((each) => each === 'ok').length <= 1, 'a code is of one format only');
  return said.join(' ');
}

const merchants = (): readonly Uint8Array[] => {
  const wallet = walletNumberWithCheckDigit(12_345_678_901);
  const shop = { wallet, currency: 586, merchantName: 'Bilal', merchantCity: 'Pindi' };
  const urdu = { ...shop, merchantName: 'بلال کریانہ', merchantCity: 'پنڈی', mode: 'request' };
  const raast = '0002020102110424PK36SCBL0000001123456702050450001004';
  return [
    ...[shop, { ...shop, amountMinor: 12_345n }, urdu].map((fields) => utf8(writeEmvQr(fields))),
    utf8(raast + crc16(raast)),
  ];
};

/** Whatever a camera reads: packets, merchant codes, codes of accounts, links of tills. */
const qr: Target = {
  name: 'qr',
  shape: 'codes',
  seeds: () => [
    ...textsUnder('qr', 'text'),
    ...textsUnder('device-bundle', 'uri'),
    ...merchants(),
    ...packets()
      .slice(0, 60)
      .map((packet) => utf8(qrText(packet))),
  ],
  maxBytes: MAX_BUNDLE_URI_CHARACTERS + 8,
  read: (input) => {
    const text = textOf(input);
    return `${readCode(text)}, ${readCode(withCrc(text))}`;
  },
  // A multiple of three: of another length it is refused before it is read.
  growsFrom: 999,
  growing: {
    'Base45 of nothing': (size) => utf8(`SK1:${'0'.repeat(size)}`),
    'a link of escapes': (size) => utf8(`molam://offline/a?payload=${'%41'.repeat(size / 3)}`),
    'a link of parts': (size) => utf8(`molam://offline/a?${'p=a&'.repeat(size / 4)}`),
  },
};

/** Texts that carry bytes: each byte string has one. */
const carried: Target = {
  name: 'base',
  shape: 'bytes',
  seeds: () =>
    packets()
      .slice(0, 30)
      .flatMap((each) => [
        utf8(encodeBase45(each)),
        utf8(encodeBase64(each)),
        utf8(encodeBase64Url(each)),
      ]),
  maxBytes: 4_096,
  read: (input) => {
    const text = textOf(input);
    const base45 = decodeBase45(text);
    if (base45.ok) requireSameText(encodeBase45(base45.value), text);
    const [base64, url] = [decodeBase64(text), decodeBase64Url(text)];
    if (base64 !== undefined) requireSameText(encodeBase64(base64), text);
    if (url !== undefined) requireSameText(encodeBase64Url(url), text);
    return [base45.ok, base64 !== undefined, url !== undefined].join(' ');
  },
};

const messages = (): readonly Uint8Array[] =>
  [Uint8Array.of(7), utf8('a longer message '.repeat(20)), new Uint8Array(900).fill(3)].map(
    (message, at) => {
      const source = splitFrames(message, { size: [1, 40, 400][at] ?? 1 });
      // Every other source block is lost, and made up for by what combines them.
      const numbers = Array.from({ length: 2 * source.k }, (_, each) =>
        each % 2 === 0 ? each : 100 + each,
      );
      const frames = numbers.map((number) => source.frame(number));
      return utf8(
        frames.map((each) => qrText(encodePacket({ kind: 'frame', ...each }))).join('\n'),
      );
    },
  );

/** Frames in any order, of several messages: a message comes out whole or not at all. */
const frames: Target = {
  name: 'frames',
  shape: 'codes',
  seeds: () => [
    ...messages(),
    ...inputsOf('frames').map(({ frames: texts }) => utf8((texts as string[]).join('\n'))),
  ],
  maxBytes: 20_000,
  read: (input) => {
    const receiver = createFrameReceiver();
    const said = new Set<string>();
    for (const text of textOf(input).split('\n')) {
      const parsed = parseQr(text);
      if (!parsed.ok || parsed.value.packet.kind !== 'frame') continue;
      const frame = parsed.value.packet;
      const progress = receiver.add(frame);
      said.add(progress.state === 'discarded' ? progress.code : progress.state);
      if (progress.state !== 'done') continue;
      const { message } = progress;
      requireThat(message.length <= MAX_FRAMED_BYTES, 'no message above its limit');
      const digest = sha256(message).subarray(0, frame.digest.length);
      requireThat(equalBytes(digest, frame.digest), 'a message is what its frames announced');
    }
    return [...said].toSorted().join(' ');
  },
  growsFrom: 400,
  growing: {
    'one frame again': (size) => {
      const frame = splitFrames(new Uint8Array(200), { size: 100 }).frame(0);
      const line = `${qrText(encodePacket({ kind: 'frame', ...frame }))}\n`;
      return utf8(line.repeat(Math.ceil(size / 10)));
    },
  },
};

/** The key that the first vector is sealed to. */
function sealingKey() {
  const [{ privateKey, bind } = {}] = inputsOf('sealing');
  const secret = fromHex(String(privateKey));
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(secret);
  const publicKey = new Uint8Array(pair.getPublicKey(null, 'compressed'));
  return { privateKey: secret, publicKey, bind: fromHex(String(bind)) };
}

/** What is sealed to a payee: whatever comes, the key's owner gets an answer. */
const sealed: Target = {
  name: 'sealed',
  shape: 'cbor',
  seeds: () => bytesUnder('sealing', 'sealed'),
  maxBytes: 4_300,
  read: async (input) => {
    const decoded = decodeSealed(input);
    if (!decoded.ok) return saidOf(decoded, CODES);
    requireSameBytes(encodeSealed(decoded.value), input);
    const opened = await open(input, sealingKey());
    const isGenuine = bytesUnder('sealing', 'sealed').some((each) => equalBytes(each, input));
    requireThat(!opened.ok || isGenuine, 'only what was sealed opens');
    return saidOf(opened, CODES);
  },
};

export const CODE_TARGETS: readonly Target[] = [qr, carried, frames, sealed];
