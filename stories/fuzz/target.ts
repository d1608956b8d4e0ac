import { hex } from '@sikka/protocol';
import type { Shape } from './mutate.ts';

/** A reader of bytes from outside, with what it promises about any of them. */
export interface Target {
  readonly name: string;
  /** How its inputs are built, so that changes reach what is inside. */
  readonly shape: Shape;
  /** What the inputs are grown from, beside the corpus: our own vectors. */
  readonly seeds: () => Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Bytes of the greatest input that is made. */
  readonly maxBytes: number;
  /**
   * Reads one input: one word for what it was taken for or refused with.
   * @throws Broken where a promise is; anything else thrown is a finding too.
   */
  readonly read: (input: Uint8Array) => string | Promise<string>;
  /** Inputs that grow with their number, whose reading has to cost in proportion. */
  readonly growing?: Readonly<Record<string, (size: number) => Uint8Array>>;
  /** Characters or bytes of the smallest of the growing inputs; the greatest is eight times it. */
  readonly growsFrom?: number;
}

/** A promise of a reader that an input broke. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function requireThat(isSo: boolean, promise: string): void {
  if (!isSo) throw new Broken(promise);
}

/** What a `Result` said, if its code is one of the closed list. */
export function saidOf(
  result: { readonly ok: true } | { readonly ok: false; readonly code: string },
  codes: ReadonlySet<string>,
): string {
  if (result.ok) return 'ok';
  requireThat(codes.has(result.code), `a code of the list, not ${result.code}`);
  return result.code;
}

/** Accepted, then written again: the bytes that were read. */
export function requireSameBytes(written: Uint8Array, read: Uint8Array): void {
  if (Buffer.compare(written, read) === 0) return;
  throw new Broken(`one form of what was accepted, which is ${hex(written).slice(0, 200)}`);
}

export function requireSameText(written: string, read: string): void {
  requireThat(written === read, `one form of what was accepted, which is ${written.slice(0, 200)}`);
}

/** The text that bytes are, and whatever is none is replaced. */
export function textOf(input: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);
}
