import { ProtocolError } from '../errors.ts';
import {
  checkName,
  checkTown,
  currencyOf,
  formatAmount,
  isWalletNumber,
} from '../identifiers/index.ts';
import { MAX_EMV_AMOUNT_MINOR } from '../limits.ts';
import { SIKKA_IDENTIFIER } from './claim.ts';
import { closeWithCrc, writeTlv } from './tlv.ts';
import type { EmvField } from './tlv.ts';

/** What a code of ours says about one payee's wallet. */
export interface EmvFields {
  readonly wallet: number;
  /** ISO 4217 number, from the table. */
  readonly currency: number;
  /** 1 … 999,999,999,999; absent: the payer enters it. With an amount the code is for one sale. */
  readonly amountMinor?: bigint;
  /** As the bank verified it, in any script. */
  readonly merchantName: string;
  readonly merchantCity: string;
  /** ISO 639-1, of a name outside ASCII. Default `ur`. */
  readonly language?: string;
  /** Credential id in hex or short id, at most 64 of `0-9A-Za-z-`. */
  readonly credential?: string;
  /** How the payee takes part, at most 16 of `a-z_`. */
  readonly mode?: string;
}

/** Merchant category of somebody who has told the bank none. */
const NO_CATEGORY = '0000';
/** Longest values of tags 59 and 60, and of the same two inside 64 (EMVCo §4.8). */
const NAME_CHARACTERS = 25;
const CITY_CHARACTERS = 15;
const ASCII = /^[ -~]+$/;

/**
 * Our merchant code (spec/emvqr.md §3). A name outside ASCII stands in tag 64 in its own script,
 * and tag 59 says the wallet number, because readers of other schemes print nothing else there.
 * @throws ProtocolError `malformed` for a number, currency, amount or text that no reader takes.
 */
export function writeEmvQr(fields: EmvFields): string {
  requireValid(fields);
  const { wallet, currency, amountMinor, merchantName, merchantCity } = fields;
  const amount = amountMinor === undefined ? undefined : formatAmount(amountMinor, currency);
  const inAscii = ASCII.test(merchantName) && ASCII.test(merchantCity);
  const body: readonly (EmvField | undefined)[] = [
    { tag: '00', value: '01' },
    { tag: '01', value: amount === undefined ? '11' : '12' },
    { tag: '52', value: NO_CATEGORY },
    { tag: '53', value: currency.toString().padStart(3, '0') },
    optional('54', amount),
    { tag: '58', value: 'PK' },
    { tag: '59', value: asciiOr(merchantName, `Wallet ${wallet}`, NAME_CHARACTERS) },
    { tag: '60', value: asciiOr(merchantCity, 'Pakistan', CITY_CHARACTERS) },
    inAscii ? undefined : { tag: '64', value: alternateOf(fields) },
    { tag: '80', value: templateOf(fields) },
  ];
  return closeWithCrc(writeTlv(body.filter((field) => field !== undefined)), '63');
}

function requireValid(fields: EmvFields): void {
  const { wallet, currency, amountMinor, merchantName, merchantCity } = fields;
  const refused =
    !isWalletNumber(wallet) ||
    currencyOf(currency) === undefined ||
    (amountMinor !== undefined && (amountMinor < 1n || amountMinor > MAX_EMV_AMOUNT_MINOR)) ||
    !checkName(merchantName).ok ||
    !checkTown(merchantCity).ok ||
    !/^[a-z]{2}$/.test(fields.language ?? 'ur') ||
    !/^[0-9A-Za-z-]{1,64}$/.test(fields.credential ?? '0') ||
    !/^[a-z_]{1,16}$/.test(fields.mode ?? 'static');
  if (refused) throw new ProtocolError('malformed', 'no EMV code says this');
}

function alternateOf({ language = 'ur', merchantName, merchantCity }: EmvFields): string {
  return writeTlv([
    { tag: '00', value: language.toUpperCase() },
    { tag: '01', value: firstOf(merchantName, NAME_CHARACTERS) },
    { tag: '02', value: firstOf(merchantCity, CITY_CHARACTERS) },
  ]);
}

function templateOf({ wallet, credential, mode }: EmvFields): string {
  const inside = [
    { tag: '00', value: SIKKA_IDENTIFIER },
    { tag: '01', value: wallet.toString() },
    optional('02', credential),
    optional('03', mode),
  ];
  return writeTlv(inside.filter((field) => field !== undefined));
}

function optional(tag: string, value: string | undefined): EmvField | undefined {
  return value === undefined ? undefined : { tag, value };
}

function asciiOr(text: string, otherwise: string, most: number): string {
  return firstOf(ASCII.test(text) ? text : otherwise, most);
}

/** Whole code points; a letter never loses half of itself. */
function firstOf(text: string, most: number): string {
  return [...text].slice(0, most).join('').trimEnd();
}
