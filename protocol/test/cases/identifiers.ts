import { readFileSync } from 'node:fs';
import { hex, twoWordIndices, twoWords } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import { NAME, OTHER_WALLET, PAYEE_WALLET, TOWN } from '../support/scene.ts';
import { family, refused } from './case.ts';
import type { Json, VectorCase, VectorRow } from './case.ts';

const URDU_WORDS = JSON.parse(
  readFileSync(new URL('../../../i18n/words/ur.json', import.meta.url), 'utf8'),
) as readonly string[];

type Case = readonly [name: string, about: string, input: Readonly<Record<string, Json>>];

const GOOD: readonly Case[] = [
  ['wallet', 'A wallet number.', { walletNumber: PAYEE_WALLET }],
  ['wallet-other', 'Another.', { walletNumber: OTHER_WALLET }],
  ['name-latin', 'A name in Latin letters.', { name: "Ali's Kiryana (Main), No. 4/B" }],
  ['name-urdu', 'A name in Urdu letters.', { name: NAME }],
  ['name-32-bytes', 'As long as a name may be.', { name: 'N'.repeat(32) }],
  ['town', 'A town.', { town: TOWN }],
  ['town-digits', 'A town may be a number: what tells two names apart.', { town: '54000' }],
];

const BAD: readonly Case[] = [
  ['wallet-check-digit', 'A wrong check digit.', { walletNumber: PAYEE_WALLET + 1 }],
  ['wallet-swapped', 'Two neighbours exchanged.', { walletNumber: swapped(PAYEE_WALLET) }],
  ['wallet-eleven-digits', 'Eleven digits.', { walletNumber: Math.floor(PAYEE_WALLET / 10) }],
  ['wallet-thirteen-digits', 'Thirteen digits.', { walletNumber: PAYEE_WALLET * 10 }],
  ['wallet-leading-zero', 'The first digit is not 0.', { walletNumber: 12_345_678_901 }],
  ['wallet-fraction', 'Half a wallet.', { walletNumber: PAYEE_WALLET + 0.5 }],
  ['name-empty', 'No name.', { name: '' }],
  ['name-digits', 'A name has a letter.', { name: '12345' }],
  ['name-33-bytes', 'A byte too long.', { name: 'N'.repeat(33) }],
  ['name-33-bytes-urdu', 'Bytes count, not letters.', { name: `${'ع'.repeat(16)}a` }],
  ['name-leading-space', 'A space in front.', { name: ' Ali' }],
  ['name-trailing-space', 'A space behind.', { name: 'Ali ' }],
  ['name-no-break-space', 'Only the plain space.', { name: 'Ali\u00a0Shop' }],
  ['name-markup', 'Characters that names do not have.', { name: 'Ali <shop>' }],
  ['name-emoji', 'A symbol is no letter.', { name: 'Ali 🍵' }],
  [
    'name-right-to-left-override',
    'A character that reorders what is read.',
    { name: 'Ali\u202eila' },
  ],
  ['name-zero-width', 'A character that shows nothing.', { name: 'Ali\u200bShop' }],
  ['name-filler', 'A letter that shows nothing.', { name: 'Ali\u3164' }],
  ['name-unassigned', 'A code point that means nothing yet.', { name: 'Ali \u0378' }],
  ['name-nfd', 'é in two characters.', { name: 'Cafe\u0301' }],
  ['town-empty', 'No town.', { town: '' }],
  ['town-25-bytes', 'A byte too long.', { town: 'T'.repeat(25) }],
  ['town-newline', 'A control character.', { town: 'Lahore\n' }],
];

type Amount = readonly [name: string, text: string, currency: number, minor: string];

const AMOUNTS: readonly Amount[] = [
  ['amount', '500.00', 586, '50000'],
  ['amount-greatest', '90071992547409.91', 586, '9007199254740991'],
  ['amount-no-minor-unit', '500', 952, '500'],
  ['amount-zero', '0.00', 586, '0'],
];

const BAD_AMOUNTS: readonly (readonly [string, string, number])[] = [
  ['amount-negative', '-5.00', 586],
  ['amount-exponent', '1e3', 586],
  ['amount-three-digits', '1.000', 586],
  ['amount-one-digit', '500.0', 586],
  ['amount-leading-zeros', '00', 586],
  ['amount-point-at-end', '500.', 586],
  ['amount-comma', '1,00', 586],
  ['amount-space', ' 5.00', 586],
  ['amount-plus', '+5.00', 586],
  ['amount-empty', '', 586],
  ['amount-point', '.', 586],
  ['amount-arabic-digits', '١٢.00', 586],
  ['amount-leading-zero', '05.00', 586],
  ['amount-2-53', '90071992547409.92', 586],
  ['amount-fraction-of-none', '5.0', 952],
];

function swapped(wallet: number): number {
  const digits = [...wallet.toString()];
  [digits[2], digits[3]] = [digits[3]!, digits[2]!];
  return Number(digits.join(''));
}

function row([name, about, input]: Case, expect: VectorRow['expect']): VectorRow {
  return { case: name, spec: 'identifiers.md', about, input, expect };
}

export function identifierVectors(): readonly VectorCase[] {
  return family('identifiers', [
    ...GOOD.map((each) => row(each, { ok: true })),
    ...BAD.map((each) => row(each, refused('malformed'))),
    ...AMOUNTS.map(([name, text, currency, minor]) =>
      row([name, 'An amount as text.', { amount: { text, currency } }], { ok: true, minor, text }),
    ),
    ...BAD_AMOUNTS.map(([name, text, currency]) =>
      row([name, 'No amount.', { amount: { text, currency } }], refused('malformed')),
    ),
    row(['amount-whole', 'The fraction left out.', { amount: { text: '500', currency: 586 } }], {
      ok: true,
      minor: '50000',
      text: '500.00',
    }),
    row(
      [
        'amount-unknown-currency',
        'A currency that is not in the table.',
        {
          amount: { text: '5.00', currency: 999 },
        },
      ],
      refused('wrong_currency'),
    ),
    twoWordsRow('two-words', bytesOf('a payment')),
    twoWordsRow('two-words-apart', Uint8Array.of(0x00, 0x1f, 0xfc, ...bytesOf('a payment', 29))),
    ...['', 'ab'.repeat(31), 'ab'.repeat(33)].map((paymentId) =>
      row(
        [`payment-id-${paymentId.length / 2}-bytes`, 'A payment id has 32 bytes.', { paymentId }],
        refused('malformed'),
      ),
    ),
  ]);
}

/** The sentence has them in Urdu, too: from the list that a screen takes them from. */
function twoWordsRow(name: string, id: Uint8Array): VectorRow {
  const indices = twoWordIndices(id);
  const urdu = indices.map((index) => URDU_WORDS[index]).join(' ');
  return row([name, `Two words of a payment id; in Urdu ${urdu}.`, { paymentId: hex(id) }], {
    ok: true,
    words: [...twoWords(id)],
    indices: [...indices],
  });
}
