import type { PacketKind } from './types.ts';

interface KindFacts {
  readonly number: number;
  /** Items of the array, the kind included; a signed document is three. */
  readonly items: number;
}

/** The table of spec/packets.md §1. */
export const KINDS: Readonly<Record<PacketKind, KindFacts>> = {
  request: { number: 1, items: 7 },
  payment: { number: 2, items: 7 },
  sealed: { number: 3, items: 4 },
  receipt: { number: 4, items: 7 },
  refund: { number: 5, items: 7 },
  return: { number: 6, items: 7 },
  proof: { number: 7, items: 10 },
  'printed-code': { number: 8, items: 4 },
  document: { number: 9, items: 4 },
  settlement: { number: 10, items: 8 },
  frame: { number: 11, items: 6 },
};

export const PACKET_KINDS = Object.keys(KINDS) as readonly PacketKind[];

const BY_NUMBER = new Map(PACKET_KINDS.map((kind) => [KINDS[kind].number, kind]));

/** The kind of a number; undefined where the table has none. */
export function packetKindOf(number: number): PacketKind | undefined {
  return BY_NUMBER.get(number);
}

/** The only suite of seals (spec/sealing.md). */
export const SEAL_SUITE = 1;
