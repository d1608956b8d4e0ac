import { createHash } from 'node:crypto';
import { hex } from '@sikka/protocol';
import type { Look } from './seen.ts';

/** The log's root is that of its leaves (RFC 6962 §2.1), and it holds each settlement once. */
export function log({ view }: Look): readonly string[] {
  if (view.log === undefined) return [];
  const { leaves, root } = view.log;
  const found: string[] = [];
  if (hex(rootOf(leaves)) !== hex(root)) found.push('the root is not that of the leaves');
  if (leaves.length > view.settled.length) found.push('more leaves than settlements');
  if (new Set(leaves.map(hex)).size !== leaves.length) found.push('a leaf stands twice');
  return found;
}

function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hashOf();
  if (leaves.length === 1) return hashOf(LEAF, only);
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return hashOf(NODE, rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}
