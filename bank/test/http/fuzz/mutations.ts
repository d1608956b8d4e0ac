/** Requests that nobody should send, made from those that the description shows. */

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('Nothing to pick from.');
  return found;
}

/** What has broken other programs: types, sizes, signs, encodings, injections. */
export const NAUGHTY: readonly unknown[] = [
  ...['', ' ', '\t', '\n', '\r\n', '\u0000', 'null', 'undefined', 'NaN', 'true', '[]', '{}'],
  ...['0', '-0', '-1', '1e309', '1e-400', '0x10', '١٢٣', '９９', '1,000.00', '٫', '00', '.5', '5.'],
  ...['999999999999999999999999', '9007199254740993', '0.0000000001', '-5.00', '+5', '5 '],
  ...["' or '1'='1", "'; drop table accounts; --", '1; select pg_sleep(10)', '$1', '%00', '%s%n'],
  ...['../../etc/passwd', '..%2f..%2f', 'file:///etc/passwd', 'http://169.254.169.254/'],
  ...['<script>alert(1)</script>', '${7*7}', '{{7*7}}', '`id`', '| id', 'a@b', 'a@b.c\r\nBcc: x'],
  ...['‮abc', 'é', 'é', 'ﷺ', '👩‍👩‍👧‍👦', '\ufeffx', '\ufffe', 'ß', 'İ', '\u2028', 'z͑ͫ̓ͪ̂ͫ̽a̸l'],
  ...['-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----', 'AAAA', '====', 'hAkI', '\ud83d'],
  ...['2026-13-45T99:99:99Z', '0000-00-00', '275760-09-13T00:00:00.001Z', 'PKR', 'XXX', 'pkr'],
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'admin', 'pay_admin'],
  ...['x'.repeat(10_000), 'é'.repeat(3_000), '9'.repeat(400)],
  ...[null, true, false, 0, -0, 1, -1, 0.1, 1e21, 2 ** 53 + 2, -(2 ** 63), 1e308],
  ...[
    [],
    {},
    [[]],
    [null],
    { '': '' },
    { a: { b: { c: [] } } },
    Array.from({ length: 600 }, () => 0),
  ],
];

/** One member of a value, somewhere in it, made into something else. */
export function mutate(random: Random, value: unknown): unknown {
  if (random() < 0.15) return pick(random, NAUGHTY);
  if (Array.isArray(value)) return mutateList(random, value);
  if (typeof value === 'object' && value !== null) return mutateObject(random, value);
  return pick(random, NAUGHTY);
}

function mutateList(random: Random, list: readonly unknown[]): unknown {
  if (list.length === 0 || random() < 0.2) return [...list, pick(random, NAUGHTY)];
  if (random() < 0.2) return Array.from({ length: 600 }, () => list[0]);
  const at = Math.floor(random() * list.length);
  return list.map((item, index) => (index === at ? mutate(random, item) : item));
}

function mutateObject(random: Random, value: object): unknown {
  const entries = Object.entries(value);
  const how = random();
  if (entries.length === 0 || how < 0.1) {
    return { ...value, [String(pick(random, NAUGHTY)).slice(0, 50)]: pick(random, NAUGHTY) };
  }
  const at = Math.floor(random() * entries.length);
  if (how < 0.25) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(
    entries.map(([key, item], index) => [key, index === at ? mutate(random, item) : item]),
  );
}

/** The text of a body, sometimes as no serialiser would write it. */
export function textOf(random: Random, value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  const how = random();
  if (how < 0.8 || !text.startsWith('{')) return how < 0.97 ? text : text.slice(0, -1);
  if (how < 0.84) return text.replace('{', '{"__proto__":{"roles":["admin"]},');
  if (how < 0.88) return `${text.slice(0, -1)},${text.slice(1)}`;
  if (how < 0.91) return text.replace(/"([0-9.]+)"/, '$1');
  if (how < 0.94) return text.replace(/:[^,}]*/, ':1e999999');
  if (how < 0.96) return '['.repeat(2_000);
  return `\ufeff${text}`;
}
