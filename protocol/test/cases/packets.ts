import { encodeCbor, encodePacket, hex, qrText, signDocument } from '../../src/index.ts';
import type { CborValue, PacketContent, ProtocolCode, Signed } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { family, refused } from './case.ts';
import type { VectorCase, VectorRow } from './case.ts';
import { itemsOf } from './raw.ts';

const SPEC = 'packets.md §1';

interface Specimen {
  readonly content: PacketContent;
  readonly number: number;
  readonly items: readonly CborValue[];
  readonly ids: readonly Uint8Array[];
}

/** Packets whose signatures are not looked at: only their form is. */
export async function packetVectors(): Promise<readonly VectorCase[]> {
  const scene = scenery.createScene();
  const specimens = await makeSpecimens(scene);
  const under = await scenery.allowance(scene);
  const bulletin = await signDocument(scenery.bulletinFields(), scene.issuer);
  return family('packets', [
    ...specimens.flatMap(rowsOf),
    ...foreignDocuments(under, await scenery.credential(scene)),
    ...limits(under, bulletin),
  ]);
}

async function makeSpecimens(scene: scenery.Scene): Promise<readonly Specimen[]> {
  const under = await scenery.allowance(scene);
  const by = await scenery.credential(scene);
  const printed = await scenery.printedCredential(scene);
  const paid = await scenery.payment(scene, under);
  const request = await scenery.request(scene, by);
  const receipt = await scenery.receipt(scene, by);
  const refund = await scenery.refund(scene, by);
  const returned = await scenery.returned(scene, under);
  const settled = await signDocument(scenery.settlementReceiptFields(), scene.issuer);
  const checkpoint = await signDocument(scenery.checkpointFields(), scene.issuer);
  const other = await scenery.payment(scene, under, { salt: bytesOf('s', 16) });
  const [first, second] = inOrder(under, [paid, other]);
  const frame = { digest: bytesOf('m', 8), length: 5, k: 1, number: 0, data: bytesOf('m', 5) };
  const path = [bytesOf('sibling')];
  const enc = new Uint8Array(65).fill(4);
  const ciphertext = bytesOf('sealed');
  return [
    specimen(1, { kind: 'request', credential: by, request }, [by, request]),
    specimen(2, { kind: 'payment', allowance: under, payment: paid }, [under, paid]),
    {
      content: { kind: 'sealed', enc, ciphertext },
      number: 3,
      items: [1, enc, ciphertext],
      ids: [],
    },
    specimen(4, { kind: 'receipt', credential: by, receipt }, [by, receipt]),
    specimen(5, { kind: 'refund', credential: by, refund }, [by, refund]),
    specimen(6, { kind: 'return', allowance: under, return: returned }, [under, returned]),
    specimen(
      7,
      { kind: 'proof', allowance: under, first: { document: first }, second: { document: second } },
      [under, first, second],
    ),
    specimen(8, { kind: 'printed-code', credential: printed }, [printed]),
    specimen(9, { kind: 'document', document: under }, [under]),
    {
      content: { kind: 'settlement', receipt: settled, checkpoint, path },
      number: 10,
      items: [...itemsOf(settled), ...itemsOf(checkpoint), path],
      ids: [scenery.idOf(settled), scenery.idOf(checkpoint)],
    },
    {
      content: { kind: 'frame', ...frame },
      number: 11,
      items: [frame.digest, frame.length, frame.k, frame.number, frame.data],
      ids: [],
    },
  ];
}

/** The first document is the parent of the others, where their type has one. */
function specimen(number: number, content: PacketContent, documents: readonly Signed[]): Specimen {
  const [first, ...others] = documents;
  if (first === undefined) throw new TypeError('a packet of nothing');
  const firstId = scenery.idOf(first);
  return {
    content,
    number,
    items: documents.flatMap(itemsOf),
    ids: [firstId, ...others.map((each) => scenery.idOf(each, firstId))],
  };
}

/** Two payments of one sequence as a proof has them: the lower id first. */
function inOrder<T extends Signed>(under: Signed, [a, b]: readonly [T, T]): readonly [T, T] {
  const [idOfA, idOfB] = [a, b].map((each) => scenery.idOf(each, scenery.idOf(under)));
  return hex(idOfA!) < hex(idOfB!) ? [a, b] : [b, a];
}

function rowsOf({ content, number, items, ids }: Specimen): readonly VectorRow[] {
  const { kind } = content;
  const expect = { ok: true, kind, ids: ids.map(hex) };
  const about = `A packet of kind ${number}.`;
  const input = { bytes: hex(encodePacket(content)) };
  const no = (name: string, about: string, packet: CborValue): VectorRow =>
    row(`${kind}-${name}`, about, encodeCbor(packet), 'malformed');
  return [
    { case: kind, spec: SPEC, about, input, expect },
    no('item-missing', 'The last item left out.', [number, ...items.slice(0, -1)]),
    no('item-too-many', 'An item after the last.', [number, ...items, 0]),
    no('item-wrong', 'A boolean where the first item belongs.', [number, true, ...items.slice(1)]),
    no('item-nested', 'All in one array more.', [[number, ...items]]),
  ];
}

function row(name: string, about: string, bytes: Uint8Array, code: ProtocolCode): VectorRow {
  return { case: name, spec: SPEC, about, input: { bytes: hex(bytes) }, expect: refused(code) };
}

function foreignDocuments(under: Signed, by: Signed): readonly VectorRow[] {
  const dynamic = encodeCbor([8, ...itemsOf(by)]);
  const swapped = encodeCbor([2, ...itemsOf(by), ...itemsOf(under)]);
  const asReceipt = encodeCbor([9, ...itemsOf({ ...under, payload: encodeCbor([7, 1]) })]);
  const suite = encodeCbor([9, 4, under.payload, under.signature]);
  const huge = encodeCbor([9, 2n ** 53n, under.payload, under.signature]);
  return [
    row('printed-code-dynamic', 'A printed code is a static credential.', dynamic, 'malformed'),
    row('payment-of-credential', 'A credential where the allowance belongs.', swapped, 'malformed'),
    row('document-receipt', 'A receipt does not stand alone.', asReceipt, 'malformed'),
    row('suite-4', 'A reserved suite beside the signature.', suite, 'unknown_suite'),
    row('suite-2-53', 'A suite number beyond all tables.', huge, 'unknown_suite'),
    row('kind-0', 'No kind 0.', encodeCbor([0, 1]), 'unknown_type'),
    row('kind-12', 'No kind 12.', encodeCbor([12, ...itemsOf(under)]), 'unknown_type'),
    row('kind-text', 'A kind is an integer.', encodeCbor(['2', ...itemsOf(under)]), 'malformed'),
    row('not-array', 'An integer is no packet.', encodeCbor(2), 'malformed'),
    row('empty-array', 'A packet has a kind.', encodeCbor([]), 'malformed'),
    row(
      'payload-not-canonical',
      'A payload in other than the shortest form.',
      encodeCbor([9, ...itemsOf({ ...under, payload: longer(under.payload) })]),
      'not_canonical',
    ),
    row(
      'payload-and-more',
      'A payload with a byte after it.',
      encodeCbor([9, ...itemsOf({ ...under, payload: Uint8Array.of(...under.payload, 0) })]),
      'malformed',
    ),
  ];
}

/** The type number in two bytes. */
function longer([head = 0, type = 0, ...rest]: Uint8Array): Uint8Array {
  return Uint8Array.of(head, 0x18, type, ...rest);
}

function limits(under: Signed, bulletin: Signed): readonly VectorRow[] {
  const long = (payload: Uint8Array): Uint8Array =>
    encodeCbor([9, ...itemsOf({ ...under, payload })]);
  const many = Array.from({ length: 200 }, (_, i) => bytesOf(`allowance ${i}`));
  const fat = encodeCbor([12, 1, 7, 52, bytesOf('b'), 1, 2, many, [], [], [], [], 1, [1]]);
  const good = encodeCbor([9, ...itemsOf({ ...bulletin, payload: fat })]);
  return [
    row('too-long', 'One byte more than 4,096.', new Uint8Array(4_097).fill(0x82), 'too_large'),
    row('payload-too-long', 'A payload of 1,025 bytes.', long(new Uint8Array(1_025)), 'too_large'),
    row(
      'document-too-long',
      'Only a bulletin may be over 4,096 bytes.',
      encodeCbor([9, ...itemsOf({ ...under, signature: new Uint8Array(4_096) })]),
      'too_large',
    ),
    {
      case: 'document-long-bulletin',
      spec: 'encoding.md §3',
      about: 'A bulletin may be longer than other packets.',
      input: { bytes: hex(good) },
      expect: {
        ok: true,
        kind: 'document',
        ids: [hex(scenery.idOf({ ...bulletin, payload: fat }))],
      },
    },
  ];
}

export async function qrVectors(): Promise<readonly VectorCase[]> {
  const scene = scenery.createScene();
  const under = await scenery.allowance(scene);
  const document = await scenery.payment(scene, under);
  const packet = scenery.paymentPacket(under, document);
  const text = qrText(packet);
  const id = scenery.idOf(under);
  const ids = [hex(id), hex(scenery.idOf(document, id))];
  const no = (
    name: string,
    about: string,
    changed: string,
    code: ProtocolCode = 'malformed',
  ): VectorRow => {
    return {
      case: name,
      spec: 'packets.md §2',
      about,
      input: { text: changed },
      expect: refused(code),
    };
  };
  return family('qr', [
    {
      case: 'payment',
      spec: 'packets.md §2',
      about: 'A payment as it is shown.',
      input: { text },
      expect: { ok: true, bytes: hex(packet), kind: 'payment', ids },
    },
    no('lower-case', 'Lower case.', text.toLowerCase()),
    no(
      'other-prefix',
      'Another prefix: the version inside counts, but readers of v1 read SK1.',
      `SK2:${text.slice(4)}`,
    ),
    no('no-prefix', 'No prefix.', text.slice(4)),
    no('space-in-front', 'Nothing is trimmed.', ` ${text}`),
    no('newline-at-end', 'Nothing is trimmed.', `${text}\n`),
    no('dangling', 'A character that belongs to no group.', 'SK1:A'),
    no('group-too-great', 'A group of three above 65,535.', 'SK1::::'),
    no('pair-too-great', 'A pair above 255.', 'SK1:::'),
    no('not-alphabet', 'A character outside Base45.', 'SK1:A#B'),
    no('empty', 'A prefix and nothing.', 'SK1:'),
    no('truncated', 'The last group left out.', text.slice(0, -3)),
    no('too-long', 'One character more than 8,192.', `SK1:${'0'.repeat(8_189)}`, 'too_large'),
    no('unknown-kind', 'A packet of kind 12.', qrText(encodeCbor([12, 0])), 'unknown_type'),
  ]);
}
