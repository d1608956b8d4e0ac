import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { currencyOf, parseAmount, parseWalletNumber } from '../identifiers/index.ts';
import { MAX_EMV_CHARACTERS } from '../limits.ts';
import { isReadableText } from '../text.ts';
import { SIKKA_IDENTIFIER } from './claim.ts';
import type { EmvAlternate, EmvClaim, EmvSikka } from './claim.ts';
import { openWithCrc, readTlv } from './tlv.ts';

const AMOUNT = /^(?=.{1,13}$)[0-9]+(\.[0-9]*)?$/;
const CURRENCY = /^[0-9]{3}$/;
const COUNTRY = /^[A-Z]{2}$/;
const INITIATION: Readonly<Record<string, 'static' | 'dynamic'>> = { 11: 'static', 12: 'dynamic' };

type Fields = ReadonlyMap<string, string>;

/**
 * Reads a merchant-presented code of any scheme (spec/emvqr.md §2). The checksum is looked at
 * first: `crc_mismatch` is a bad scan. `malformed`: longer than 512 characters, control or hidden
 * characters, not tag-length-value to its end, a tag twice, another format than `01`, or a
 * currency, amount, country, initiation or template of ours that is none.
 */
export function readEmvQr(text: string): Result<EmvClaim, 'malformed' | 'crc_mismatch'> {
  if (text.length > MAX_EMV_CHARACTERS) return failure('malformed', 'longer than an EMV code is');
  const body = openWithCrc(text, '63');
  if (!body.ok) return body;
  if (!isReadableText(text)) return failure('malformed', 'characters that nobody sees');
  const tlv = readTlv(body.value);
  if (!tlv.ok) return tlv;
  const [first] = tlv.value;
  if (first?.tag !== '00' || first.value !== '01') return failure('malformed', 'not format 01');
  return readClaim(new Map(tlv.value.map(({ tag, value }) => [tag, value])), tlv.value);
}

/**
 * Minor units of a code's amount; undefined where the payer is to enter one. Unlike our own texts
 * it may have fewer or more digits after the point (`50.0`, `98.`), as long as nothing is rounded.
 * Refuses `wrong_currency` for one that is not in the table, `malformed` for a rest below the
 * minor unit or too much, `amount_zero` for nothing: a code asks for something or leaves it out.
 */
export function emvAmountMinor({
  amount,
  currency,
}: Pick<EmvClaim, 'amount' | 'currency'>): Result<
  bigint | undefined,
  'malformed' | 'wrong_currency' | 'amount_zero'
> {
  const known = currency === undefined ? undefined : currencyOf(currency);
  if (known === undefined) return failure('wrong_currency', 'a currency not in the table');
  if (amount === undefined) return success(undefined);
  const [written = '', fraction = ''] = amount.split('.');
  const digits = fraction.padEnd(known.exponent, '0');
  if (/[1-9]/.test(digits.slice(known.exponent))) {
    return failure('malformed', 'less than the minor unit');
  }
  const whole = written.replace(/^0+(?=[0-9])/, '');
  const exact = known.exponent === 0 ? whole : `${whole}.${digits.slice(0, known.exponent)}`;
  const minor = parseAmount(exact, known.numeric);
  if (minor.ok && minor.value === 0n) return failure('amount_zero', 'asks for nothing');
  return minor;
}

function readClaim(by: Fields, fields: EmvClaim['fields']): Result<EmvClaim, 'malformed'> {
  const [currency, amount, country, point] = ['53', '54', '58', '01'].map((tag) => by.get(tag));
  const sikka = readSikka(by.get('80'));
  const alternate = readAlternate(by.get('64'));
  const wrong =
    (currency !== undefined && !CURRENCY.test(currency)) ||
    (amount !== undefined && !AMOUNT.test(amount)) ||
    (country !== undefined && !COUNTRY.test(country)) ||
    (point !== undefined && INITIATION[point] === undefined);
  if (wrong || sikka === 'malformed' || alternate === 'malformed') {
    return failure('malformed', 'a field that its tag does not allow');
  }
  return success({
    initiation: point === undefined ? undefined : INITIATION[point],
    currency: currency === undefined ? undefined : Number(currency),
    amount,
    country,
    merchantName: by.get('59'),
    merchantCity: by.get('60'),
    alternate,
    sikka,
    fields,
  });
}

/** Templates of other schemes may stand at 80 too, and need not even be templates. */
function readSikka(value: string | undefined): EmvSikka | 'malformed' | undefined {
  const inside = readInside(value);
  if (inside?.get('00') !== SIKKA_IDENTIFIER) return undefined;
  const wallet = parseWalletNumber(inside.get('01') ?? '');
  if (!wallet.ok) return 'malformed';
  return { wallet: wallet.value, credential: inside.get('02'), mode: inside.get('03') };
}

function readAlternate(value: string | undefined): EmvAlternate | 'malformed' | undefined {
  if (value === undefined) return undefined;
  const inside = readInside(value);
  const language = inside?.get('00');
  const merchantName = inside?.get('01');
  if (language === undefined || merchantName === undefined) return 'malformed';
  return { language, merchantName, merchantCity: inside?.get('02') };
}

function readInside(value: string | undefined): Fields | undefined {
  const tlv = value === undefined ? undefined : readTlv(value);
  if (tlv?.ok !== true) return undefined;
  return new Map(tlv.value.map(({ tag, value: inner }) => [tag, inner]));
}
