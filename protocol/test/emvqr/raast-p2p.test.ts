import { describe, expect, it } from 'vitest';
import { crc16, readEmvQr, readRaastP2p } from '../../src/index.ts';

const IBAN = 'PK36SCBL0000001123456702';
/** Checksums by a Python script. */
const STATIC = `0002020102110202000424${IBAN}10045772`;
const DYNAMIC = `0002020102120202000424${IBAN}050350007123112202623591004` + '94AD';

function closed(body: string): string {
  return `${body}1004${crc16(`${body}1004`)}`;
}

describe('a person-to-person code of Raast', () => {
  it('names an account', () => {
    expect(readRaastP2p(STATIC)).toMatchObject({
      ok: true,
      value: { initiation: 'static', iban: IBAN, amount: undefined, expires: undefined },
    });
  });

  it('may say how much and until when', () => {
    expect(readRaastP2p(DYNAMIC)).toMatchObject({
      ok: true,
      value: { initiation: 'dynamic', iban: IBAN, amount: '500', expires: '311220262359' },
    });
  });

  it('is not read with one digit of the account changed', () => {
    const torn = STATIC.replace('6702', '6703');
    expect(readRaastP2p(torn)).toMatchObject({ ok: false, code: 'crc_mismatch' });
  });

  it.each([
    ['an IBAN whose own check is wrong', closed('0002020102110202000424PK34ABCD0000000000000000')],
    ['no IBAN', closed('000202010211020200')],
    ['format 01', closed(`0002010102110202000424${IBAN}`)],
    ['no word on whether it is for one sale', closed(`0002020202000424${IBAN}`)],
    ['an amount below nothing', closed(`0002020102120202000424${IBAN}0502-1`)],
    ['an amount below the paisa', closed(`0002020102120202000424${IBAN}05050.001`)],
    ['an end that is no time', closed(`0002020102120202000424${IBAN}0704soon`)],
    ['an IBAN twice', closed(`0002020102110202000424${IBAN}0424${IBAN}`)],
  ])('is malformed with %s', (_what, text) => {
    expect(readRaastP2p(text)).toMatchObject({ ok: false, code: 'malformed' });
  });

  it('and a merchant’s code are never taken for each other', () => {
    expect(readEmvQr(STATIC)).toMatchObject({ ok: false, code: 'malformed' });
    const merchant = readRaastP2p(`000201${'6304'}${crc16('0002016304')}`);
    expect(merchant).toMatchObject({ ok: false, code: 'malformed' });
  });
});
