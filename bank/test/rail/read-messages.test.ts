import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../../src/rail/messages.ts';
import { readXml } from '../../src/rail/xml.ts';
import { camt053, OUR_ACCOUNT, pacs008, txDtls } from './messages.ts';
import type { Written } from './messages.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readMessage(bytes(text), OUR_ACCOUNT);

const LINES = [
  { endToEndId: 'T7K2', txId: 'BANK-1', amount: '500.00' },
  { endToEndId: 'T9M4', txId: 'BANK-2', amount: '1250.5' },
];
const CREDITS = [
  { endToEndId: 'T7K2', reference: 'BANK-1', amountMinor: 50_000n, currency: 586 },
  { endToEndId: 'T9M4', reference: 'BANK-2', amountMinor: 125_050n, currency: 586 },
];
const message: Written = { messageId: 'MSG-1', lines: LINES };

describe('a message about money that came in', () => {
  it.each([
    ['pacs.008.001.08', pacs008(message)],
    ['camt.053.001.08', camt053(message)],
  ])('is read: %s', (kind, text) => {
    const value = { kind, messageId: 'MSG-1', credits: CREDITS, words: [], unread: 0 };
    expect(read(text)).toEqual({ ok: true, value });
  });

  it('may be a statement of a day on which nothing came in', () => {
    const text = camt053({ messageId: 'QUIET', lines: [], sum: '0' });
    expect(read(text)).toMatchObject({ ok: true, value: { credits: [] } });
  });

  it.each([
    ['money that went out', '<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'],
    ['money that is only announced', '<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>'],
    [
      'the undoing of a debit',
      '<CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>',
    ],
  ])('does not count %s', (_what, entry) => {
    const lines = [LINES[0]!, { ...LINES[1]!, entry }];
    const answer = read(camt053({ messageId: 'MSG-2', lines }));
    expect(answer).toMatchObject({ ok: true, value: { credits: [CREDITS[0]] } });
  });

  it.each([
    ['a space', 'Rent for May'],
    ['another alphabet', 'کرایہ مئی'],
    ['marks of a sentence', "Ali's (2) + 3, No. 4?"],
  ])('takes what a stranger calls a payment, and everybody else’s: %s', (_what, endToEndId) => {
    const lines = [{ ...LINES[0]!, endToEndId }, LINES[1]!];
    const credits = [{ ...CREDITS[0]!, endToEndId }, CREDITS[1]];
    for (const write of [pacs008, camt053]) {
      const answer = read(write({ messageId: 'MSG-3', lines }));
      expect(answer).toMatchObject({ ok: true, value: { credits, unread: 0 } });
    }
  });

  it.each([
    ['no id of the transaction', { txId: '' }],
    ['an id that would break a log', { txId: 'A\nB' }],
    ['no id from end to end', { endToEndId: '' }],
    ['an id longer than there are', { endToEndId: 'x'.repeat(36) }],
    ['an id that turns the line around', { endToEndId: 'A\u202EB' }],
  ])('counts a credit that is not told, and tells the others: %s', (_what, change) => {
    const lines = [{ ...LINES[0]!, ...change }, LINES[1]!];
    for (const write of [pacs008, camt053]) {
      const answer = read(write({ messageId: 'MSG-4', lines }));
      expect(answer).toMatchObject({ ok: true, value: { credits: [CREDITS[1]], unread: 1 } });
    }
  });

  const amt = (amount: string, more = '') => `<Amt Ccy="PKR">${amount}</Amt>${more}`;
  it.each<readonly [string, readonly string[], readonly unknown[], number]>([
    ['by their own amounts', [amt('500'), amt('1250.50')], CREDITS, 0],
    ['but not without them', ['', ''], [], 2],
    ['but not where one has none', [amt('1750.50'), ''], [], 2],
    ['but not where they are more than it', [amt('500'), amt('1250.51')], [], 2],
    [
      'but not where one went out',
      [amt('500'), amt('1250.50', '<CdtDbtInd>DBIT</CdtDbtInd>')],
      [],
      2,
    ],
  ])('reads several transactions of one entry %s', (_how, amounts, credits, unread) => {
    const details = LINES.map((line, at) => txDtls(line, amounts[at]));
    const entry = { endToEndId: '', txId: '', amount: '1750.50' };
    for (const written of [details.join(''), details.join('</NtryDtls><NtryDtls>')]) {
      const lines = [{ ...entry, details: written }];
      const answer = read(camt053({ messageId: 'MSG-5', lines }));
      expect(answer).toMatchObject({ ok: true, value: { credits, unread } });
    }
  });

  it.each<readonly [string, string, string]>([
    ['rail/wrong_count', 'one transfer fewer than listed', pacs008({ ...message, count: 1 })],
    ['rail/wrong_count', 'one entry more than listed', camt053({ ...message, count: 3 })],
    ['rail/wrong_sum', 'a paisa more in the sum', pacs008({ ...message, sum: '1750.51' })],
    ['rail/wrong_sum', 'a paisa less in the sum', camt053({ ...message, sum: '1750.49' })],
    [
      'rail/wrong_sum',
      'another currency in one transfer',
      pacs008({ ...message, lines: [LINES[0]!, { ...LINES[1]!, currency: 'USD' }] }),
    ],
    [
      'rail/wrong_account',
      'somebody else’s account',
      pacs008({ ...message, account: 'PK12SIKK0000000000000017' }),
    ],
    [
      'rail/wrong_account',
      'a statement of another account',
      camt053({ ...message, account: 'PK12SIKK0000000000000017' }),
    ],
    [
      'rail/reference_reused',
      'one transaction twice',
      pacs008({ ...message, lines: [LINES[0]!, { ...LINES[1]!, txId: 'BANK-1' }] }),
    ],
    [
      'rail/malformed',
      'an amount below nothing',
      pacs008({ ...message, lines: [{ ...LINES[0]!, amount: '-500.00' }], sum: '-500' }),
    ],
    [
      'rail/malformed',
      'an amount of nothing',
      pacs008({ ...message, lines: [{ ...LINES[0]!, amount: '0.00' }], sum: '0' }),
    ],
    [
      'rail/malformed',
      'an amount with a power',
      camt053({ ...message, lines: [{ ...LINES[0]!, amount: '5e2' }], sum: '500' }),
    ],
    [
      'rail/malformed',
      'a third of a paisa',
      camt053({ ...message, lines: [{ ...LINES[0]!, amount: '0.333' }], sum: '0.333' }),
    ],
    ['rail/malformed', 'no message id', pacs008({ ...message, messageId: '' })],
    [
      'rail/unknown_message',
      'an older version',
      pacs008(message).replace('pacs.008.001.08', 'pacs.008.001.02'),
    ],
    ['rail/unknown_message', 'another root', '<html xmlns="x"><body/></html>'],
  ])('is refused with %s: %s', (code, _what, text) => {
    expect(read(text)).toEqual({ ok: false, code });
  });

  it('is refused with rail/too_large above 5 MiB, before it is read', () => {
    const huge = pacs008(message).replace('<Dbtr>', `<Dbtr>${' '.repeat(5_242_880)}`);
    expect(read(huge)).toEqual({ ok: false, code: 'rail/too_large' });
  });
});

const BOMB = `<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Document><a>&lol2;</a></Document>`;

describe('a document that only looks like XML of these messages', () => {
  it.each([
    ['nothing', ''],
    ['entities that grow', BOMB],
    ['an entity from a file', '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'],
    ['a document type elsewhere', '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'],
    ['an entity that is not declared', '<a>&nbsp;</a>'],
    ['a character by its number', '<a>&#65;</a>'],
    ['an ampersand alone', '<a>a & b</a>'],
    ['CDATA', '<a><![CDATA[b]]></a>'],
    ['a comment', '<a><!-- b --></a>'],
    ['an instruction', '<a><?php b ?></a>'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['a prefix', '<p:a xmlns:p="x"/>'],
    ['an end without a start', '<a></a></b>'],
    ['a start without an end', '<a><b></a>'],
    ['ends that cross', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['text outside', 'x<a/>'],
    ['text between elements', '<a>x<b/></a>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['nine attributes', `<a ${'bcdefghij'.replace(/./g, '$&="" ')}/>`],
    ['an unfinished tag', '<a'],
    ['a zero character', '<a>\u0000</a>'],
    ['33 elements deep', `${'<a>'.repeat(33)}${'</a>'.repeat(33)}`],
    ['more elements than are counted', `<a>${'<b/>'.repeat(200_001)}</a>`],
  ])('is not read: %s', (_what, text) => {
    expect(readXml(bytes(text))).toBeUndefined();
  });

  it('is not read where it is not UTF-8', () => {
    expect(readXml(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e))).toBeUndefined();
  });

  it('takes time in proportion to its length, whatever it is made of', () => {
    const pieces = ['<', '<a ', '<a b="', '&', '&amp;', ' ', '</', '<a>', '<a/', 'x'];
    for (const piece of pieces) {
      const text = `<a>${piece.repeat(Math.floor(2_000_000 / piece.length))}`;
      const started = performance.now();
      readXml(bytes(text));
      // What takes the square of it takes many minutes.
      expect(performance.now() - started, piece).toBeLessThan(20_000);
    }
  });

  it('never throws, and reads what is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readXml(bytes(text));
        readXml(bytes(`<a>${text}</a>`));
        readXml(bytes(`<a b="${text}"/>`));
      }),
    );
    const escaped = readXml(bytes("<a b='x\"y' >1 &lt; 2 &amp;&amp; &quot;&apos;&gt; ۳</a >"));
    expect(escaped).toMatchObject({ name: 'a', text: '1 < 2 && "\'> ۳' });
    expect(escaped?.attributes.get('b')).toBe('x"y');
  });
});
