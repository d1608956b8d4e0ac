import { ROUTES } from '@sikka/api';
import { readEmvQr } from '@sikka/protocol';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { isInstalled, run } from './support/sikka.ts';

const hasZbar = await isInstalled('zbarimg', '--version');
const hasZxing = await isInstalled('ZXingReader');

/** Somebody of the demo who has a shop: a name that the bank has verified, and a till. */
const SHOP = 'bilal';

interface Picture {
  readonly png: Buffer;
  /** What the answer says in words. */
  readonly text: string;
}

/** The fields of an answer that has a picture, and what it is a picture of. */
interface QrAnswer {
  readonly qr_image_base64: string;
  readonly qr_data?: object;
  readonly payload?: string;
}

let story: StoryBank;
const pictures = new Map<string, Picture>();

beforeAll(async () => {
  story = await openStoryBank();
  const { bank } = story;
  const authorization = `Bearer ${await bank.token(SHOP, ['user', 'merchant'])}`;
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${bank.url}${path}`, {
      method,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as T;
  };
  const keep = (what: string, { qr_image_base64: image, qr_data, payload }: QrAnswer) => {
    const text = payload ?? JSON.stringify(qr_data);
    pictures.set(what, { png: Buffer.from(image, 'base64'), text });
  };
  const wallets = await ask<{ id: number; wallet_type: string }[]>('GET', '/api/v1/wallets/');
  for (const { id: wallet_id, wallet_type: kind } of wallets) {
    keep(`getWalletQr ${kind}`, await ask('GET', `/wallet/qr/${wallet_id}`));
    const asked = await ask<QrAnswer>('POST', '/api/v1/wallets/qr-code', { wallet_id });
    keep(`createQrCode ${kind}`, asked);
    const emv = `/api/v1/wallets/${wallet_id}/emv-qr`;
    keep(`getEmvQr ${kind}`, await ask('GET', emv));
    keep(`getEmvQr ${kind} 450.00`, await ask('GET', `${emv}?amount=450.00`));
  }
});
afterAll(() => story.stop());

/** Every route whose documented answer has a picture. */
function picturing(): readonly string[] {
  return Object.entries(ROUTES)
    .filter(([, { answer }]) => JSON.stringify(answer).includes('qr_image_base64'))
    .map(([name]) => name);
}

describe('every picture that the bank sends', () => {
  it('is of a route that was asked, and every route that sends pictures was', () => {
    const asked = new Set([...pictures.keys()].map((what) => what.split(' ')[0]));
    expect([...asked].sort()).toEqual([...picturing()].sort());
    const otherPictures = Object.values(ROUTES).filter(({ answer }) =>
      JSON.stringify(answer).includes('image/png'),
    );
    expect(otherPictures).toEqual([]);
  });

  it('is read by ZXing, another encoder’s decoder, as what the answer says in words', async () => {
    const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
    const wasmBinary = new Uint8Array(await readFile(wasm)).buffer;
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
    for (const [what, { png, text }] of pictures) {
      const found = await readBarcodes(new Uint8Array(png), { formats: ['QRCode'] });
      expect(
        found.map((code) => code.text),
        what,
      ).toEqual([text]);
    }
  });

  it('holds a merchant code for one sale where an amount was asked for, else one for any', () => {
    for (const [what, { text }] of pictures) {
      if (!what.startsWith('getEmvQr')) continue;
      const read = readEmvQr(text);
      expect(read, what).toMatchObject({ ok: true });
      expect(text.includes('5406450.00'), what).toBe(what.endsWith('450.00'));
    }
  });

  it.skipIf(!hasZbar)('is read by zbarimg (skipped where it is absent)', () =>
    eachFile(async (file, text, what) => {
      const read = await run('zbarimg', ['-q', '--raw', file]);
      expect(read.stdout, what).toBe(`${text}\n`);
    }),
  );

  it.skipIf(!hasZxing)('is read by ZXingReader (skipped where it is absent)', () =>
    eachFile(async (file, text, what) => {
      const read = await run('ZXingReader', ['-1', '-bytes', file]);
      expect(read.stdout, what).toBe(text);
    }),
  );
});

async function eachFile(
  check: (file: string, text: string, what: string) => Promise<void>,
): Promise<void> {
  const file = join(story.folder, 'picture.png');
  for (const [what, { png, text }] of pictures) {
    await writeFile(file, png);
    await check(file, text, what);
  }
  await rm(file);
}
