/** Decodes pictures beside the page, so that the picture of the camera never stops. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmAddress from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** One picture to look at; the answer carries its number. */
export interface DecodeAsk {
  readonly number: number;
  readonly picture: ImageData;
  /** Of a still picture there is time to look closely. */
  readonly closely: boolean;
}

export interface DecodeAnswer {
  readonly number: number;
  readonly texts: readonly string[];
}

prepareZXingModule({ overrides: { locateFile: () => wasmAddress } });

self.addEventListener('message', (event: MessageEvent<DecodeAsk>) => {
  void answer(event.data);
});

async function answer({ number, picture, closely }: DecodeAsk): Promise<void> {
  let texts: readonly string[] = [];
  try {
    const found = await readBarcodes(picture, {
      formats: ['QRCode'],
      tryHarder: closely,
      tryInvert: closely,
      maxNumberOfSymbols: closely ? 4 : 1,
    });
    texts = found.filter(({ isValid }) => isValid).map(({ text }) => text);
  } catch {
    // A picture that cannot be read holds no code.
  }
  const reply: DecodeAnswer = { number, texts };
  self.postMessage(reply);
}
