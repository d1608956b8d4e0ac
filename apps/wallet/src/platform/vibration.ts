import type { Moment } from './sound.ts';

/** Milliseconds on, off, on … (the look's table). */
const PATTERNS: Readonly<Record<Moment, readonly number[]>> = {
  signed: [20],
  paid: [60, 60, 120],
  amber: [150],
  red: [300, 100, 300],
  receipt: [60, 60, 120],
};

/** Answers whether the phone does; iPhones have no vibration for pages. */
export function vibrate(moment: Moment): boolean {
  if (!('vibrate' in navigator)) return false;
  return navigator.vibrate([...PATTERNS[moment]]);
}
