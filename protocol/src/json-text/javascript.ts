import type { JsonNode } from './node.ts';

/** Keys that JavaScript moves to the front of an object, whatever the text says. */
const ARRAY_INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
/** Longer than any number that a double needs; a bound on the arithmetic below. */
const MAX_NUMBER_CHARACTERS = 40;
const PARTS = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,6}))?$/;

/**
 * A value as `JSON.stringify(JSON.parse(text))` writes it: keys in the order received, no spaces,
 * numbers as JavaScript prints them. Undefined where parsing would change what the text says: a
 * number that is no double, or keys that JavaScript puts in another order.
 */
export function javascriptJson(node: JsonNode): string | undefined {
  switch (node.type) {
    case 'object': {
      if (node.members.some(({ key }) => ARRAY_INDEX.test(key))) return undefined;
      const members = node.members.map(({ key, value }) => {
        const text = javascriptJson(value);
        return text === undefined ? undefined : `${JSON.stringify(key)}:${text}`;
      });
      return listText(members, '{', '}');
    }
    case 'array':
      return listText(node.items.map(javascriptJson), '[', ']');
    case 'string':
      return JSON.stringify(node.value);
    case 'number':
      return javascriptNumber(node.text);
    case 'literal':
      return String(node.value);
  }
}

/** A decimal number as JavaScript prints it; undefined where no double has exactly that text. */
export function javascriptNumber(text: string): string | undefined {
  if (text.length > MAX_NUMBER_CHARACTERS) return undefined;
  const value = Number(text);
  const printed = Number.isFinite(value) ? JSON.stringify(value) : undefined;
  const asked = decimalOf(text);
  if (printed === undefined || asked === undefined) return undefined;
  return decimalOf(printed) === asked ? printed : undefined;
}

function listText(
  texts: readonly (string | undefined)[],
  open: string,
  close: string,
): string | undefined {
  return texts.includes(undefined) ? undefined : open + texts.join(',') + close;
}

/** Sign, digits and exponent in one form for all texts of one decimal number. */
function decimalOf(text: string): string | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  if (whole === '') return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const places = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${places}`;
}
