import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/http/json.ts';

const parse = (text: string) => parseJson(Buffer.from(text, 'utf8'));

describe('refused', () => {
  test.each([
    ['a key twice', '{"amount":1,"amount":500}', 'request/duplicate_key'],
    ['a key twice, deeper', '{"a":[{"b":1,"b":2}]}', 'request/duplicate_key'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}', 'request/duplicate_key'],
    ['a key twice around a value that looks like one', '{"a":"a","a":1}', 'request/duplicate_key'],
    ['__proto__', '{"__proto__":{"admin":true}}', 'request/malformed'],
    ['__proto__, escaped', '{"__proto\\u005f_":{}}', 'request/malformed'],
    ['constructor', '{"constructor":{"prototype":{"x":1}}}', 'request/malformed'],
    ['nothing', '', 'request/malformed'],
    ['half an object', '{"a":', 'request/malformed'],
    ['two values', '{}{}', 'request/malformed'],
    ['a trailing comma', '{"a":1,}', 'request/malformed'],
    ['a comment', '{/* */}', 'request/malformed'],
    ['NaN', '{"a":NaN}', 'request/malformed'],
    ['a hexadecimal number', '{"a":0x10}', 'request/malformed'],
    ['single quotes', "{'a':1}", 'request/malformed'],
    ['a byte order mark', '\uFEFF{}', 'request/malformed'],
    ['nesting', '['.repeat(33) + ']'.repeat(33), 'request/malformed'],
    ['much nesting', '['.repeat(100_000) + ']'.repeat(100_000), 'request/malformed'],
    ['nesting without an end', '['.repeat(100_000), 'request/malformed'],
  ])('%s', (_, text, code) => {
    expect(parse(text)).toMatchObject({ ok: false, code });
  });

  test('bytes that are not UTF-8', () => {
    const overlong = Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]);
    expect(parseJson(overlong)).toMatchObject({ ok: false, code: 'request/malformed' });
    expect(parseJson(Buffer.from([0xff, 0xfe]))).toMatchObject({ ok: false });
  });
});

test('one key in two objects is not a key twice', () => {
  const text = '{"a":{"k":1},"b":{"k":2},"c":[{"k":3},{"k":4}],"k":"{\\"k\\":1,\\"k\\":2}"}';
  expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
});

test('whatever JSON.stringify writes without keys of prototypes is read back the same', () => {
  const key = fc.string().filter((name) => !/^(__proto__|constructor|prototype)$/.test(name));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(parse(JSON.stringify(value))).toEqual({ ok: true, value });
    }),
    { numRuns: 300 },
  );
});
