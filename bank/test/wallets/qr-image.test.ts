import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { walletNumberWithCheckDigit, writeEmvQr } from '@sikka/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeBitmapPng } from '../../src/wallets/bitmap-png.ts';
import { qrImages } from '../../src/wallets/qr-image.ts';
import type { QrKind } from '../../src/wallets/qr-image.ts';

const hasZbar = spawnSync('zbarimg', ['--version']).error === undefined;
const hasZxing = spawnSync('ZXingReader', ['-help']).error === undefined;

const folder = mkdtempSync(path.join(tmpdir(), 'sikka-qr-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wallet = walletNumberWithCheckDigit(12_345_678_901);
const shop = { wallet, currency: 586, merchantName: 'Bilal Tea House', merchantCity: 'Lahore' };
const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;

/** What the older clients’ receive code holds: the longest text that is ever drawn. */
const OLDER = JSON.stringify({
  version: '1.0',
  type: 'offline_payment_receiver',
  public_key: publicKey.export({ type: 'spki', format: 'pem' }),
  user_id: 'u7k2m4n5p6q7r2s3t4u5v6w7x2y',
  wallet_id: wallet,
  timestamp: '2026-11-21T03:30:00.000Z',
  nonce: 'c0ffee00c0ffee00c0ffee00c0ffee00',
  payeeId: 'u7k2m4n5p6q7r2s3t4u5v6w7x2y',
  payeeName: 'Bilal',
  deviceId: null,
});

const CASES: readonly (readonly [string, string, QrKind])[] = [
  ['one letter', 'A', 'alphanumeric'],
  ['a native code', `SK1:${'7WGL5CSOA:+*'.repeat(12)}`, 'alphanumeric'],
  ['the longest sealed payment', `SK1:${'AB3$'.repeat(180)}`, 'alphanumeric'],
  ['a merchant code', writeEmvQr(shop), 'byte'],
  ['a merchant code for one sale', writeEmvQr({ ...shop, amountMinor: 45_000n }), 'byte'],
  [
    'a merchant code with an Urdu name',
    writeEmvQr({ ...shop, merchantName: 'بلال چائے', merchantCity: 'لاہور' }),
    'byte',
  ],
  ['the older clients’ code', OLDER, 'byte'],
];

function pictureOf(text: string, kind: QrKind): string {
  const file = path.join(folder, 'code.png');
  writeFileSync(file, qrImages(text, { kind }).png);
  return file;
}

describe.each(CASES)('the picture of %s', (_what, text, kind) => {
  it.skipIf(!hasZbar)('is read by zbarimg (skipped where it is absent)', () => {
    const read = execFileSync('zbarimg', ['-q', '--raw', pictureOf(text, kind)], {
      // It looks for a desktop that is not there.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(read.toString()).toBe(`${text}\n`);
  });

  it.skipIf(!hasZxing)('is read by ZXingReader (skipped where it is absent)', () => {
    const options = ['-1', '-bytes', pictureOf(text, kind)];
    expect(execFileSync('ZXingReader', options).toString()).toBe(text);
  });

  it('is small enough to send, and its modules large enough to scan', () => {
    const { png, version, level } = qrImages(text, { kind });
    expect(png.length).toBeLessThan(40_000);
    const side = Buffer.from(png).readUInt32BE(16);
    expect(side).toBe((17 + 4 * version + 8) * (version <= 12 ? 6 : 4));
    expect(level).toBe(version <= 20 && text !== OLDER ? 'M' : 'L');
  });

  it('has a drawing of the same modules, which says nothing else', () => {
    const { svg, version } = qrImages(text, { kind });
    const side = 17 + 4 * version + 8;
    expect(svg).toMatch(
      new RegExp(
        `^<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" ` +
          'shape-rendering="crispEdges"><path fill="#fff" d="[Mhv0-9 zH]+"/>' +
          '<path d="[Mhv0-9 zH]+"/></svg>$',
      ),
    );
    const { png } = qrImages(text, { kind });
    expect(Buffer.from(pictureOfRuns(svg, side, version <= 12 ? 6 : 4)).equals(png)).toBe(true);
  });
});

/** The picture that a drawing's dark runs make. */
function pictureOfRuns(svg: string, side: number, scale: number): Uint8Array {
  const runs = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)].map((run) => run.map(Number));
  const dark = new Set<number>();
  for (const [, column = 0, row = 0, length = 0] of runs) {
    for (let at = column; at < column + length; at += 1) dark.add(row * side + at);
  }
  return encodeBitmapPng(side * scale, (y, x) =>
    dark.has(Math.floor(y / scale) * side + Math.floor(x / scale)),
  );
}

describe('no picture is drawn', () => {
  it.each<readonly [string, string, QrKind]>([
    ['of nothing', '', 'byte'],
    ['of small letters in the alphanumeric kind', 'sk1:abc', 'alphanumeric'],
    ['of Urdu in the alphanumeric kind', 'چائے', 'alphanumeric'],
    ['of more than a code holds', 'x'.repeat(2_954), 'byte'],
    ['of more letters than a code holds', 'X'.repeat(4_297), 'alphanumeric'],
  ])('%s', (_what, text, kind) => {
    expect(() => qrImages(text, { kind })).toThrow(RangeError);
  });
});
