import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { parseIban } from '../identifiers/index.ts';
import { MAX_EMV_CHARACTERS } from '../limits.ts';
import { isReadableText } from '../text.ts';
import { openWithCrc, readTlv } from './tlv.ts';
import type { EmvField } from './tlv.ts';

/** What a Raast person-to-person code says: an account, and perhaps what to pay. A claim only. */
export interface RaastP2pClaim {
  readonly initiation: 'static' | 'dynamic';
  /** Tag 04: a Pakistani IBAN with right check digits. */
  readonly iban: string;
  /** Tag 05 as written, in rupees. */
  readonly amount: string | undefined;
  /** Tag 07 as written: day, month, year, hour, minute in Pakistan's time. */
  readonly expires: string | undefined;
  readonly fields: readonly EmvField[];
}

const AMOUNT = /^(?=.{1,13}$)[0-9]+(\.[0-9]{1,2})?$/;
const EXPIRES = /^[0-9]{12}$/;

/**
 * Reads a Raast person-to-person code: flat data objects, format `02`, the checksum in tag 10
 * (spec/emvqr.md §5). `crc_mismatch` is a bad scan; `malformed` anything else, a wrong IBAN too.
 */
export function readRaastP2p(text: string): Result<RaastP2pClaim, 'malformed' | 'crc_mismatch'> {
  if (text.length > MAX_EMV_CHARACTERS) return failure('malformed', 'longer than a code is');
  const body = openWithCrc(text, '10');
  if (!body.ok) return body;
  const tlv = isReadableText(text) ? readTlv(body.value) : failure('malformed', 'hidden text');
  if (!tlv.ok) return tlv;
  const [first] = tlv.value;
  if (first?.tag !== '00' || first.value !== '02') return failure('malformed', 'not format 02');
  const by = new Map(tlv.value.map(({ tag, value }) => [tag, value]));
  const iban = parseIban(by.get('04') ?? '');
  const [point, amount, expires] = ['01', '05', '07'].map((tag) => by.get(tag));
  const wrong =
    (point !== '11' && point !== '12') ||
    (amount !== undefined && !AMOUNT.test(amount)) ||
    (expires !== undefined && !EXPIRES.test(expires));
  if (!iban.ok || wrong) return failure('malformed', 'a field that its tag does not allow');
  const initiation = point === '11' ? 'static' : 'dynamic';
  return success({ initiation, iban: iban.value, amount, expires, fields: tlv.value });
}
