import { create } from 'qrcode';
import type { AmountText } from '../amount.tsx';
import type { QrMatrix } from '../qr-matrix.ts';

const isUrdu = () => document.documentElement.lang === 'ur';

/** One text in the language that the page was opened in. */
export function say(en: string, ur: string): string {
  return isUrdu() ? ur : en;
}

/** A sample amount in the form that language/ makes. */
export function money(text: string): AmountText {
  const [whole = '', rest] = text.split('.');
  return {
    whole,
    decimals: rest === undefined ? '' : `.${rest}`,
    currency: say('Rs', 'روپے'),
    currencyFirst: !isUrdu(),
    spoken: say(`${text} rupees`, `${text} روپے`),
  };
}

/** A code of about the size of a payment's. */
export function sampleCode(seed: number, length = 480): QrMatrix {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
  let state = seed;
  let text = 'SK1:';
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += alphabet[(state >>> 16) % alphabet.length] ?? '';
  }
  return create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: 'M' }).modules;
}

/** What a sample does when it is pressed. */
export function nothing(): void {
  document.documentElement.dataset['pressed'] = 'yes';
}
