import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIban, maskIban, parseCnic, parseIban, parseMsisdn } from '../src/index.ts';

const IBAN = 'PK36SCBL0000001123456702';

describe('IBANs', () => {
  it.each([IBAN, 'PK36 SCBL 0000 0011 2345 6702', 'pk36-scbl-0000-0011-2345-6702'])(
    'are read as people write them: %s',
    (text) => {
      expect(parseIban(text)).toEqual({ ok: true, value: IBAN });
    },
  );

  it.each([
    ['nothing', ''],
    ['check digits of another account', 'PK37SCBL0000001123456702'],
    ['two digits exchanged', 'PK36SCBL0000001123465702'],
    ['another country, though right there', 'GB82WEST12345698765432'],
    ['a digit too many', `${IBAN}0`],
    ['a bank code with a digit', 'PK36SCB10000001123456702'],
    ['Arabic digits', 'PK٣٦SCBL0000001123456702'],
    ['full-width letters', 'ＰＫ36SCBL0000001123456702'],
    ['a long s, whose upper case is S', 'PK36ſCBL0000001123456702'],
    ['a space at an end', ` ${IBAN}`],
    ['two spaces', 'PK36  SCBL0000001123456702'],
    ['a line feed', `${IBAN}\n`],
  ])('are refused with %s', (_what, text) => {
    expect(parseIban(text)).toMatchObject({ ok: false, code: 'malformed' });
  });

  it('show every single wrong digit', () => {
    const digits = [...IBAN].flatMap((one, index) => (/[0-9]/.test(one) ? [index] : []));
    const at = fc.constantFrom(...digits);
    fc.assert(
      fc.property(at, fc.constantFrom(...'0123456789'), (position, other) => {
        const changed = IBAN.slice(0, position) + other + IBAN.slice(position + 1);
        expect(parseIban(changed).ok).toBe(changed === IBAN);
      }),
    );
  });

  it('are shown in fours, or only their ends', () => {
    expect(formatIban(IBAN)).toBe('PK36 SCBL 0000 0011 2345 6702');
    expect(maskIban(IBAN)).toBe('PK36 •••• 6702');
  });
});

describe('mobile numbers', () => {
  it.each(['+923001234567', '03001234567', '0300-1234567', '+92 300 1234567', '00923001234567'])(
    'are read as people write them: %s',
    (text) => {
      expect(parseMsisdn(text)).toEqual({ ok: true, value: '+923001234567' });
    },
  );

  it.each([
    ['nothing', ''],
    ['no digit after the country', '3001234567'],
    ['a digit too few', '0300123456'],
    ['a digit too many', '030012345678'],
    ['a land line', '0421234567'],
    ['another country', '+919812345678'],
    ['the country twice', '+92923001234567'],
    ['Urdu digits', '۰۳۰۰۱۲۳۴۵۶۷'],
    ['an extension', '03001234567 ext 2'],
    ['two dashes', '0300--1234567'],
  ])('are refused with %s', (_what, text) => {
    expect(parseMsisdn(text)).toMatchObject({ ok: false, code: 'malformed' });
  });
});

describe('identity card numbers', () => {
  it.each(['35202-1234567-1', '3520212345671'])('are read with and without dashes: %s', (text) => {
    expect(parseCnic(text)).toEqual({ ok: true, value: '3520212345671' });
  });

  it.each([
    ['nothing', ''],
    ['no such province', '0520212345671'],
    ['a digit too few', '352021234567'],
    ['a letter', '35202-123456a-1'],
    ['Arabic digits', '٣٥٢٠٢-١٢٣٤٥٦٧-١'],
    ['a dash at an end', '35202-1234567-'],
  ])('are refused with %s', (_what, text) => {
    expect(parseCnic(text)).toMatchObject({ ok: false, code: 'malformed' });
  });
});
