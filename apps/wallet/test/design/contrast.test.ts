import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../src/design/tokens.css', import.meta.url), 'utf8');

/** The colours of a theme: the light ones, with what the theme says otherwise. */
function colours(theme: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const selector of [':root {', theme]) {
    const block = css.slice(css.indexOf(selector)).split('\n}')[0] ?? '';
    for (const [, name = '', hex = ''] of block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)) {
      found.set(name, hex);
    }
  }
  return found;
}

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

const TEXT = 4.5;
const GRAPHIC = 3;
/** A key under a finger: AA in every theme. */
const WHILE_PRESSED = 4.6;
const PAIRS: readonly (readonly [string, string, number])[] = [
  ['ink', 'paper', 7],
  ['ink', 'surface', 7],
  ['ink', 'sunken', 7],
  ['ink-2', 'paper', TEXT],
  ['ink-2', 'surface', TEXT],
  ['ink-2', 'sunken', TEXT],
  ['ink-3', 'paper', TEXT],
  ['ink-3', 'surface', TEXT],
  ['ink-3', 'sunken', TEXT],
  ['on-ground', 'ground', 7],
  ['on-ground', 'ground-2', 7],
  ['on-ground', 'reed-off', WHILE_PRESSED],
  ['on-ground-2', 'ground', TEXT],
  ['on-ground-2', 'ground-2', TEXT],
  ['brass', 'ground', TEXT],
  ['brass', 'ground-2', TEXT],
  ['on-brass', 'brass', TEXT],
  ['on-brass', 'brass-press', TEXT],
  ['brass-text', 'paper', TEXT],
  ['brass-text', 'surface', TEXT],
  ['line-strong', 'surface', GRAPHIC],
  ['line-strong', 'paper', GRAPHIC],
  ['brass', 'reed-off', GRAPHIC],
  ['on-ok', 'ok', TEXT],
  ['ok-2', 'ok', GRAPHIC],
  ['on-warn', 'warn', TEXT],
  ['white', 'on-warn', TEXT],
  ['warn-2', 'warn', GRAPHIC],
  ['on-bad', 'bad', TEXT],
  ['bad-2', 'bad', GRAPHIC],
  ['ok-text', 'ok-tint', TEXT],
  ['ok-text', 'surface', TEXT],
  ['ok-text', 'paper', TEXT],
  ['warn-text', 'warn-tint', TEXT],
  ['warn-text', 'surface', TEXT],
  ['warn-text', 'paper', TEXT],
  ['bad-text', 'bad-tint', TEXT],
  ['bad-text', 'surface', TEXT],
  ['bad-text', 'paper', TEXT],
  ['on-white', 'white', 7],
  ['on-white-2', 'white', TEXT],
  ['white-line', 'white', GRAPHIC],
  ['on-camera', 'camera', 7],
  ['on-camera-2', 'camera', TEXT],
  ['focus', 'paper', GRAPHIC],
  ['focus-ground', 'ground', GRAPHIC],
  ['focus-ground', 'camera', GRAPHIC],
  ['qr-dark', 'qr-light', 21],
];

const THEMES = [
  ['light', ':root {'],
  ['dark', "[data-theme='dark']"],
  ['more contrast', "[data-contrast='more']"],
] as const;

describe.each(THEMES)('in %s every pair can be read', (name, selector) => {
  const found = colours(selector);
  it.each(PAIRS)('%s on %s', (front, back, floor) => {
    const [one, other] = [found.get(front), found.get(back)];
    expect(one, front).toBeDefined();
    expect(other, back).toBeDefined();
    // Who asks for more contrast gets the floor of AAA, but for what is no text.
    const least = name === 'more contrast' && floor === TEXT ? 7 : floor;
    expect(contrast(one ?? '', other ?? '')).toBeGreaterThanOrEqual(least);
  });
});
