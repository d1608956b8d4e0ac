import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16, emvAmountMinor, readEmvQr, writeEmvQr } from '../../src/index.ts';
import { ProtocolError } from '../../src/errors.ts';
import { walletNumberWithCheckDigit } from '../../src/identifiers/index.ts';

const wallet = walletNumberWithCheckDigit(12_345_678_901);
const shop = { wallet, currency: 586, merchantName: 'Bilal Tea House', merchantCity: 'Lahore' };

/** Written by a Python script from the specification’s page, not by this code. */
const FOR_ONE_SALE =
  '0002010102125204000053035865406450.005802PK5915Bilal Tea House6006Lahore' +
  '80400009org.sikka01121234567890140307request6304201B';
const IN_URDU =
  '0002010102115204000053035865802PK5919Wallet 1234567890146008Pakistan' +
  '64280002UR0109بلال چائے0205لاہور80290009org.sikka0112123456789014630446F5';

/** A code with these data objects and a right checksum. */
function closed(body: string): string {
  return `${body}6304${crc16(`${body}6304`)}`;
}

describe('our own code', () => {
  it('has the checksum of the standard', () => {
    expect(crc16('123456789')).toBe('29B1');
    expect(crc16('')).toBe('FFFF');
  });

  it('is the text that the page describes, for one sale', () => {
    const text = writeEmvQr({ ...shop, amountMinor: 45_000n, mode: 'request' });
    expect(text).toBe(FOR_ONE_SALE);
    expect(readEmvQr(text)).toMatchObject({
      ok: true,
      value: {
        initiation: 'dynamic',
        currency: 586,
        amount: '450.00',
        country: 'PK',
        merchantName: 'Bilal Tea House',
        sikka: { wallet, credential: undefined, mode: 'request' },
      },
    });
  });

  it('carries an Urdu name in its own script, and the number where others look', () => {
    const urdu = { ...shop, merchantName: 'بلال چائے', merchantCity: 'لاہور' };
    expect(writeEmvQr(urdu)).toBe(IN_URDU);
    expect(readEmvQr(IN_URDU)).toMatchObject({
      ok: true,
      value: {
        initiation: 'static',
        merchantName: `Wallet ${wallet}`,
        alternate: { language: 'UR', merchantName: 'بلال چائے', merchantCity: 'لاہور' },
      },
    });
  });

  it('reads back whatever it can say', () => {
    const fields = fc.record(
      {
        wallet: fc
          .integer({ min: 10_000_000_000, max: 99_999_999_999 })
          .map(walletNumberWithCheckDigit),
        currency: fc.constantFrom(586, 840, 952),
        amountMinor: fc.bigInt({ min: 1n, max: 999_999_999_999n }),
        merchantName: fc.constantFrom('A', 'Al-Noor & Sons (Pvt)', 'نور', '陳 & Co.', '𞤀𞤣'),
        merchantCity: fc.constantFrom('Lahore', 'کراچی', 'Rahim Yar Khan, District'),
        credential: fc.constantFrom('ab'.repeat(32), 'K7Q2'),
      },
      { requiredKeys: ['wallet', 'currency', 'merchantName', 'merchantCity'] },
    );
    fc.assert(
      fc.property(fields, ({ amountMinor, ...given }) => {
        const said = amountMinor === undefined ? {} : { amountMinor };
        const read = readEmvQr(writeEmvQr({ ...given, ...said }));
        if (!read.ok) throw new Error(read.detail);
        expect(read.value.sikka?.wallet).toBe(given.wallet);
        expect(read.value.sikka?.credential).toBe(given.credential);
        expect(emvAmountMinor(read.value)).toEqual({ ok: true, value: amountMinor });
        expect(read.value.alternate?.merchantName ?? read.value.merchantName).toBe(
          given.merchantName,
        );
      }),
    );
  });

  it.each([
    ['a wallet number with a wrong check digit', { wallet: wallet + 1 }],
    ['a currency that is not in the table', { currency: 999 }],
    ['no amount at all', { amountMinor: 0n }],
    ['an amount of fourteen characters', { amountMinor: 1_000_000_000_000n }],
    ['an empty name', { merchantName: '' }],
    ['a name that reorders what is read', { merchantName: 'Bilal\u202eaeT' }],
    ['a town with a line feed', { merchantCity: 'La\nhore' }],
    ['a language that is none', { language: 'urdu' }],
    ['a credential with a letter of another tag', { credential: 'a b' }],
    ['an empty mode', { mode: '' }],
  ])('cannot say %s', (_what, change) => {
    expect(() => writeEmvQr({ ...shop, ...change })).toThrow(ProtocolError);
  });
});

const HEAD = '000201';
const HEART = '\u2764';

describe('a code that anybody made', () => {
  it.each([
    ['nothing', ''],
    ['only a checksum', closed('')],
    ['another format', closed('000202')],
    ['the format not first', closed('010211000201')],
    ['a tag twice', closed(`${HEAD}5802PK5802PK`)],
    ['a length beyond the end', closed(`${HEAD}5999Bilal`)],
    ['a length that is no number', closed(`${HEAD}59xxBilal`)],
    ['a length in Arabic digits', closed(`${HEAD}59٠٥Bilal`)],
    ['an empty value', closed(`${HEAD}5900`)],
    ['a length in bytes and not in characters', closed(`${HEAD}5903${HEART}5802PK`)],
    ['something after the checksum', `${closed(HEAD)}5802PK`],
    ['no checksum', HEAD],
    ['a currency in letters', closed(`${HEAD}5303PKR`)],
    ['a country in small letters', closed(`${HEAD}5802pk`)],
    ['a third way of starting', closed(`${HEAD}010213`)],
    ['an amount below nothing', closed(`${HEAD}53035865402-1`)],
    ['an amount with a power', closed(`${HEAD}530358654031e3`)],
    ['an amount with a comma', closed(`${HEAD}530358654041,50`)],
    ['an amount in Urdu digits', closed(`${HEAD}53035865402۵۰`)],
    ['a name that hides its end', closed(`${HEAD}5906Bilal\u200b`)],
    [
      'our template with a number of another check',
      closed(`${HEAD}80290009org.sikka0112123456789015`),
    ],
    ['our template without a number', closed(`${HEAD}80130009org.sikka`)],
    ['another language without a name', closed(`${HEAD}64060002UR`)],
  ])('is malformed with %s', (_what, text) => {
    expect(readEmvQr(text)).toMatchObject({ ok: false, code: 'malformed' });
  });

  it('is not looked at beyond 512 characters', () => {
    const many = Array.from({ length: 5 }, (_, index) => `9${index}99${'x'.repeat(99)}`).join('');
    expect(readEmvQr(closed(HEAD + many))).toMatchObject({ ok: false, code: 'malformed' });
    expect(readEmvQr(closed(HEAD + many.slice(0, -103)))).toMatchObject({ ok: true });
  });

  it('keeps what it does not know, in its order', () => {
    const read = readEmvQr(closed(`${HEAD}99041234260300a`));
    expect(read).toMatchObject({
      value: { fields: [{ tag: '00' }, { tag: '99', value: '1234' }, { tag: '26', value: '00a' }] },
    });
  });

  it('may have a template at 80 that is not ours', () => {
    expect(readEmvQr(closed(`${HEAD}80090005other`))).toMatchObject({
      value: { sikka: undefined },
    });
    expect(readEmvQr(closed(`${HEAD}8003abc`))).toMatchObject({ value: { sikka: undefined } });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        expect([true, false]).toContain(readEmvQr(closed(text)).ok);
      }),
    );
  });
});

describe('the amount of a code', () => {
  it.each([
    [586, '450.00', 45_000n],
    [586, '50.0', 5_000n],
    [586, '98.', 9_800n],
    [586, '98', 9_800n],
    [586, '007.10', 710n],
    [586, '1.2300', 123n],
    [952, '500', 500n],
    [952, '500.0', 500n],
  ])('in %i, %s is %s minor units', (currency, amount, minor) => {
    expect(emvAmountMinor({ currency, amount })).toEqual({ ok: true, value: minor });
  });

  it.each([
    ['malformed', 586, '0.001'],
    ['malformed', 952, '0.5'],
    ['amount_zero', 586, '0.00'],
    ['amount_zero', 586, '0'],
    ['wrong_currency', 999, '1.00'],
    ['wrong_currency', undefined, '1.00'],
  ])('is refused with %s: %s %s', (code, currency, amount) => {
    expect(emvAmountMinor({ currency, amount })).toMatchObject({ ok: false, code });
  });

  it('is for the payer to enter where the code has none', () => {
    const asked = { currency: 586, amount: undefined };
    expect(emvAmountMinor(asked)).toEqual({ ok: true, value: undefined });
  });
});
