import {
  consistencyPath,
  emptyRoot,
  encodePacket,
  hex,
  inclusionPath,
  leafHash,
  logEntry,
  readLeafHashes,
  rootOf,
  sha256,
  signDocument,
} from '../../src/index.ts';
import type { Checkpoint, ProtocolCode, SettlementReceipt } from '../../src/index.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { family, issuersJson, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';

const SIZE = 11;
const POSITION = 6;

type Changes<T> = Partial<Omit<T, 'type'>>;

interface Settling {
  readonly receipt?: Changes<SettlementReceipt>;
  readonly checkpoint?: Changes<Checkpoint>;
  readonly path?: readonly Uint8Array[];
}

const scene = scenery.createScene();
const settled = scenery.settlementReceiptFields({ position: POSITION });
const leaves = Array.from({ length: SIZE }, (_, i) =>
  i === POSITION ? leafHash(logEntry(settled)) : leafHash(bytesOf(`entry ${i}`)),
);
const read = readLeafHashes(leaves);
const logRoot = rootOf(leaves);
const goodPath = inclusionPath(POSITION, SIZE, read);

async function packetOf({ receipt, checkpoint, path = goodPath }: Settling): Promise<Uint8Array> {
  const head = scenery.checkpointFields({ logSize: SIZE, logRoot, ...checkpoint });
  return encodePacket({
    kind: 'settlement',
    receipt: await signDocument({ ...settled, ...receipt }, scene.issuer),
    checkpoint: await signDocument(head, scene.issuer),
    path,
  });
}

export async function logVectors(): Promise<readonly VectorCase[]> {
  const { issuers } = scene;
  const packet = await packetOf({});
  const document = await signDocument(settled, scene.issuer);
  const stranger = signerOf('ES256', 'stranger');
  const checkpoint = await signDocument(
    scenery.checkpointFields({ logSize: SIZE, logRoot }),
    stranger,
  );
  const forged = encodePacket({
    kind: 'settlement',
    receipt: document,
    checkpoint,
    path: goodPath,
  });
  const row = (name: string, about: string, bytes: Uint8Array, expect: JsonObject): VectorRow => ({
    case: name,
    spec: 'log.md §4',
    about,
    input: { packet: hex(bytes), issuers: issuersJson(issuers) },
    expect,
  });
  const no = async (
    name: string,
    code: ProtocolCode,
    about: string,
    from: Settling,
  ): Promise<VectorRow> => row(name, about, await packetOf(from), refused(code));
  return family('log', [
    row('settlement', 'The seventh of eleven entries.', packet, {
      ok: true,
      id: hex(scenery.idOf(document)),
    }),
    await no('issuer-unknown', 'issuer_unknown', 'No issuer key 8.', { receipt: { issuerKey: 8 } }),
    row(
      'checkpoint-forged',
      'A checkpoint of a stranger.',
      forged,
      refused('issuer_signature_invalid'),
    ),
    await no('wrong-log', 'log/wrong_log', 'Receipt and checkpoint of two logs.', {
      checkpoint: { logId: bytesOf('another log') },
    }),
    await no('other-amount', 'log/not_included', 'A receipt over more than was settled.', {
      receipt: { amountMinor: 45_001n },
    }),
    await no('other-payee', 'log/not_included', 'A receipt for another payee.', {
      receipt: { payeeWallet: scenery.OTHER_WALLET },
    }),
    await no('other-position', 'log/not_included', 'Another position than the path leads from.', {
      receipt: { position: POSITION + 1 },
    }),
    await no('position-beyond', 'log/not_included', 'A position that the log does not have.', {
      receipt: { position: SIZE },
    }),
    await no('other-root', 'log/not_included', 'Another root.', {
      checkpoint: { logRoot: bytesOf('another root') },
    }),
    await no('path-short', 'log/not_included', 'The last hash left out.', {
      path: goodPath.slice(0, -1),
    }),
    await no('path-long', 'log/not_included', 'A hash too many.', { path: [...goodPath, logRoot] }),
    await no('path-reversed', 'log/not_included', 'From the root to the leaf.', {
      path: goodPath.toReversed(),
    }),
    ...pathRows(),
  ]);
}

/** RFC 9162 §2.1.3.2 and §2.1.4.2 alone. */
function pathRows(): readonly VectorRow[] {
  const path = (hashes: readonly Uint8Array[]) => hashes.map(hex);
  const inclusion = {
    index: POSITION,
    size: SIZE,
    leaf: hex(leaves[POSITION]!),
    root: hex(logRoot),
  };
  const old = 5;
  const consistency = {
    oldSize: old,
    oldRoot: hex(rootOf(leaves.slice(0, old))),
    newSize: SIZE,
    newRoot: hex(logRoot),
  };
  const steps = consistencyPath(old, SIZE, read);
  const row = (name: string, about: string, input: JsonObject, ok = false): VectorRow => {
    return { case: name, spec: 'log.md §1', about, input, expect: { ok } };
  };
  const one = { ...inclusion, index: 0, size: 1, root: inclusion.leaf };
  const first = { ...consistency, oldSize: 0, oldRoot: hex(emptyRoot()) };
  return [
    row('inclusion', 'The seventh of eleven.', { ...inclusion, path: path(goodPath) }, true),
    row('inclusion-of-one', 'The root of one leaf is the leaf.', { ...one, path: [] }, true),
    row('inclusion-of-none', 'Nothing is in an empty log.', { ...one, size: 0, path: [] }),
    row('inclusion-other-leaf', 'Another leaf.', {
      ...inclusion,
      leaf: hex(leaves[0]!),
      path: path(goodPath),
    }),
    row('inclusion-node-as-leaf', 'A node is not a leaf: the two are hashed apart.', {
      ...inclusion,
      index: 3,
      size: 6,
      leaf: hex(sha256(leaves[POSITION]!)),
      path: path(goodPath.slice(1)),
    }),
    row('inclusion-other-size', 'A tree of seventeen has a level more.', {
      ...inclusion,
      size: SIZE + 6,
      path: path(goodPath),
    }),
    row('inclusion-short-hash', 'A hash of 31 bytes.', {
      ...inclusion,
      path: [hex(goodPath[0]!.slice(1)), ...path(goodPath.slice(1))],
    }),
    row('consistency', 'Five entries became eleven.', { ...consistency, path: path(steps) }, true),
    row(
      'consistency-same',
      'A tree is the start of itself.',
      {
        ...consistency,
        oldSize: SIZE,
        oldRoot: hex(logRoot),
        path: [],
      },
      true,
    ),
    row(
      'consistency-from-nothing',
      'The empty tree is the start of all.',
      { ...first, path: [] },
      true,
    ),
    row('consistency-rewritten', 'An entry of the first five was changed.', {
      ...consistency,
      oldRoot: hex(rootOf([bytesOf('x'), ...leaves.slice(1, old)])),
      path: path(steps),
    }),
    row('consistency-other-root', 'Another new root.', {
      ...consistency,
      newRoot: hex(bytesOf('root')),
      path: path(steps),
    }),
    row('consistency-truncated', 'Fewer entries than before.', {
      ...consistency,
      oldSize: SIZE,
      newSize: old,
      path: path(steps),
    }),
    row('consistency-path-short', 'The last hash left out.', {
      ...consistency,
      path: path(steps.slice(0, -1)),
    }),
    row('consistency-path-long', 'A hash too many.', {
      ...consistency,
      path: path([...steps, logRoot]),
    }),
    row('consistency-nothing-proved', 'A path from the empty tree proves nothing more.', {
      ...first,
      path: path(steps),
    }),
    row('consistency-same-size', 'Two roots of one size.', {
      ...consistency,
      oldSize: SIZE,
      path: [],
    }),
  ];
}
