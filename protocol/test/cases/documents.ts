import {
  documentId,
  encodeCbor,
  encodePacket,
  hex,
  keyHash,
  leafHash,
  logEntry,
  signDocument,
} from '../../src/index.ts';
import type {
  AllowanceRequest,
  CborValue,
  DocumentType,
  Enrolment,
  ProtocolCode,
  Signed,
  Signer,
  UploadReceipt,
} from '../../src/index.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import type { Scene } from '../support/scene.ts';
import { cborJson, family, issuersJson, json, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { documentMutations } from './document-mutations.ts';
import type { Mutation } from './document-mutations.ts';
import { itemsOf, rawPacket, signRaw, valuesOf } from './raw.ts';
import type { RawSigned } from './raw.ts';

const SPEC = 'documents.md §2';
const NO_PARENT = 9;

/** One good document of a type, how it travels, and by whom it is signed. */
interface Specimen {
  readonly document: Signed;
  readonly signer: Signer;
  readonly kind: number;
  readonly parent?: Signed;
  /** The checkpoint beside a settlement receipt. */
  readonly checkpoint?: Signed;
  /** The enrolled device's key, where the verifier has to have it. */
  readonly device?: Signer;
}

export async function documentVectors(): Promise<readonly VectorCase[]> {
  const scene = scenery.createScene();
  const specimens = await makeSpecimens(scene);
  const rows: VectorRow[] = [];
  for (const specimen of specimens) rows.push(...(await rowsOf(scene, specimen)));
  const special = [await foreignReturn(scene), await futureBulletin(scene)];
  return family('documents', [...rows, ...special, ...(await otherSuites())]);
}

async function makeSpecimens(scene: Scene): Promise<readonly Specimen[]> {
  const { issuer, payer, payee } = scene;
  const under = await scenery.allowance(scene);
  const by = await scenery.credential(scene);
  const bank = { signer: issuer, kind: NO_PARENT };
  const ofPayer = { signer: payer, parent: under };
  const ofPayee = { signer: payee, parent: by };
  const enrolment = enrolmentFields(payer);
  const asked = allowanceRequestFields(payer);
  const uploaded = uploadReceiptFields();
  const settled = await signDocument(scenery.settlementReceiptFields(), issuer);
  const logRoot = leafHash(logEntry(settled.fields));
  const checkpoint = await signDocument(scenery.checkpointFields({ logRoot }), issuer);
  return [
    { document: await signDocument(enrolment, payer), signer: payer, kind: NO_PARENT },
    { ...bank, document: by },
    { document: await signDocument(asked, payer), signer: payer, kind: NO_PARENT, device: payer },
    { ...bank, document: under },
    { ...ofPayee, kind: 1, document: await scenery.request(scene, by) },
    { ...ofPayer, kind: 2, document: await scenery.payment(scene, under) },
    { ...ofPayee, kind: 4, document: await scenery.receipt(scene, by) },
    { ...bank, document: await signDocument(uploaded, issuer) },
    { ...ofPayee, kind: 5, document: await scenery.refund(scene, by) },
    { ...ofPayer, kind: 6, document: await scenery.returned(scene, under) },
    { ...bank, document: await signDocument(scenery.bulletinFields(revocations()), issuer) },
    { ...bank, document: checkpoint },
    { ...bank, kind: 10, document: settled, checkpoint },
  ];
}

export function enrolmentFields({ suite, publicKey }: Signer): Enrolment {
  return {
    type: 'enrolment',
    bank: 'sikka-demo',
    account: 'acc-4711',
    challenge: bytesOf('challenge'),
    suite,
    publicKey,
    ecdhKey: undefined,
    role: 'payer',
    time: scenery.NOW,
  };
}

export function allowanceRequestFields({ suite, publicKey }: Signer): AllowanceRequest {
  return {
    type: 'allowance-request',
    bank: 'sikka-demo',
    account: 'acc-4711',
    keyHash: keyHash(suite, publicKey),
    journalNonce: bytesOf('journal', 8),
    amountMinor: 2_000_000n,
    currency: scenery.PKR,
    challenge: bytesOf('challenge'),
  };
}

export function uploadReceiptFields(): UploadReceipt {
  return {
    type: 'upload-receipt',
    issuerKey: scenery.ISSUER_NUMBER,
    sha256: bytesOf('upload'),
    uploader: 'acc-4711',
    receivedAt: scenery.NOW,
  };
}

/** Old software still has to hear the revocations of a bank that has learnt a new suite. */
async function futureBulletin(scene: Scene): Promise<VectorRow> {
  const bulletin = await signDocument(scenery.bulletinFields(revocations()), scene.issuer);
  const parts = valuesOf(bulletin).map((value, i) => {
    if (i === 13) return [1, 16, 2 ** 53 - 1, 2n ** 53n];
    return i === 10 ? [...(value as CborValue[]), [9, 16, true, 0, 'later']] : value;
  });
  const values = parts as readonly CborValue[];
  const raw = await signRaw({ type: 'bulletin', values }, scene.issuer);
  const id = documentId({ type: 'bulletin', suite: raw.suite }, raw.payload);
  return {
    case: 'bulletin-future-suite',
    spec: 'documents.md §4',
    about: 'Suites that nobody knows yet are left out by who reads it, and stay in the bytes.',
    input: { packet: hex(rawPacket(NO_PARENT, raw)), issuers: issuersJson(scene.issuers) },
    expect: {
      ok: true,
      documents: [{ type: 'bulletin', id: hex(id), payload: cborJson(values) }],
    },
  };
}

/** A Return that is well signed, but not of the journal that the allowance names. */
async function foreignReturn(scene: Scene): Promise<VectorRow> {
  const parent = await scenery.allowance(scene);
  const document = await scenery.returned(scene, parent, { journalNonce: bytesOf('other', 8) });
  const specimen: Specimen = { document, parent, signer: scene.payer, kind: 6 };
  return {
    case: 'return-other-journal',
    spec: 'judge.md §3',
    about: 'A Return of another journal than the allowance names.',
    input: inputOf(scene, specimen, document),
    expect: refused('return_conflict'),
  };
}

function revocations() {
  return {
    revokedAllowances: [bytesOf('an allowance')],
    revokedDevices: [bytesOf('a device'), bytesOf('another')],
    revokedCredentials: [bytesOf('a credential')],
  };
}

async function rowsOf(scene: Scene, specimen: Specimen): Promise<readonly VectorRow[]> {
  const { document } = specimen;
  const { type } = document.fields;
  const good: VectorRow = {
    case: type,
    spec: SPEC,
    about: `A good document of type ${type}.`,
    input: inputOf(scene, specimen, document),
    expect: accepted(specimen),
  };
  const rows = [good];
  for (const mutation of documentMutations(type)) {
    rows.push(await mutatedRow(scene, specimen, mutation));
  }
  rows.push(shortSignature(scene, specimen));
  return [...rows, ...(await forgeries(scene, specimen))];
}

/** The first byte of the signature left out: a length that no suite has. */
function shortSignature(scene: Scene, specimen: Specimen): VectorRow {
  const { document } = specimen;
  const raw = { ...document, signature: document.signature.slice(1) };
  return {
    case: `${document.fields.type}-short-signature`,
    spec: 'judge.md §6',
    about: 'A signature of another length than its suite has.',
    input: inputOf(scene, specimen, raw),
    expect: refused('malformed'),
  };
}

async function mutatedRow(
  scene: Scene,
  specimen: Specimen,
  { name, about, code, change }: Mutation,
): Promise<VectorRow> {
  const { document, signer, parent } = specimen;
  const { type } = document.fields;
  const values = change(valuesOf(document));
  const parentId = parent && scenery.idOf(parent);
  const raw = await signRaw({ type, values, parentId }, signer);
  const input = inputOf(scene, specimen, raw);
  return { case: `${type}-${name}`, spec: 'documents.md §4', about, input, expect: refused(code) };
}

/** The code of a signature that does not hold, for each who signs (judge.md §2, rules 2 and 3). */
const SIGNATURE_CODES: Readonly<Record<number, ProtocolCode>> = {
  1: 'payee_signature_invalid',
  2: 'payer_signature_invalid',
  4: 'payee_signature_invalid',
  5: 'payee_signature_invalid',
  6: 'payer_signature_invalid',
};

async function forgeries(scene: Scene, specimen: Specimen): Promise<readonly VectorRow[]> {
  const { document, signer, kind, parent } = specimen;
  const { type } = document.fields;
  const byDevice = type === 'enrolment' || type === 'allowance-request';
  const alone = byDevice ? 'device_signature_invalid' : 'issuer_signature_invalid';
  const code = SIGNATURE_CODES[kind] ?? alone;
  const stranger = signerOf('ES256', 'stranger');
  const values = valuesOf(document);
  const otherType: DocumentType = parent?.fields.type === 'credential' ? 'receipt' : 'payment';
  const parentId = parent && scenery.idOf(parent);
  const confused = type === otherType ? (otherType === 'receipt' ? 'refund' : 'return') : otherType;
  const asOther =
    parent === undefined
      ? await signRaw({ type: type === 'allowance' ? 'credential' : 'allowance', values }, signer)
      : await signRaw({ type: confused, values, parentId }, signer);
  const cases: readonly (readonly [string, string, RawSigned])[] = [
    [
      'altered-signature',
      'The signature with its last byte changed.',
      {
        ...document,
        signature: scenery.broken(document.signature),
      },
    ],
    [
      'stranger',
      "Signed by a stranger's key.",
      await signRaw({ type, values, parentId }, stranger),
    ],
    ['other-domain', 'Signed as a document of another type.', asOther],
  ];
  return cases.map(([name, about, raw]) => ({
    case: `${type}-${name}`,
    spec: 'documents.md §1',
    about,
    input: inputOf(scene, specimen, raw),
    expect: refused(code),
  }));
}

function inputOf({ issuers }: Scene, specimen: Specimen, raw: RawSigned): JsonObject {
  const { device } = specimen;
  return json({
    packet: hex(packetOf(specimen, raw)),
    issuers: issuersJson(issuers),
    device: device && { suite: device.suite, publicKey: hex(device.publicKey) },
  });
}

function packetOf({ kind, parent, checkpoint }: Specimen, raw: RawSigned): Uint8Array {
  if (parent !== undefined) return rawPacket(kind, parent, raw);
  if (checkpoint === undefined) return rawPacket(kind, raw);
  return encodeCbor([kind, ...itemsOf(raw), ...itemsOf(checkpoint), []]);
}

function accepted({ document, parent, checkpoint }: Specimen): JsonObject {
  const own = describe(document, parent && scenery.idOf(parent));
  if (parent !== undefined) return { ok: true, documents: [describe(parent), own] };
  const documents = checkpoint === undefined ? [own] : [own, describe(checkpoint)];
  return { ok: true, documents };
}

function describe(document: Signed, parentId?: Uint8Array): JsonObject {
  return {
    type: document.fields.type,
    id: hex(scenery.idOf(document, parentId)),
    payload: cborJson(valuesOf(document)),
  };
}

/** Keys of the other two suites, and where the suite may be read from (suites.md §2). */
async function otherSuites(): Promise<readonly VectorRow[]> {
  const rows: VectorRow[] = [];
  for (const suite of ['EdDSA', 'PS256'] as const) {
    const scene = scenery.createScene({ suite });
    const under = await scenery.allowance(scene);
    const document = await scenery.payment(scene, under);
    const specimen: Specimen = { document, parent: under, signer: scene.payer, kind: 2 };
    rows.push({
      case: `payment-${suite.toLowerCase()}`,
      spec: 'suites.md §1',
      about: `A payment and its allowance signed with ${suite}.`,
      input: inputOf(scene, specimen, document),
      expect: accepted(specimen),
    });
  }
  return [...rows, ...(await suiteOfMessage()), unknownIssuer(await makeBulletin())];
}

/** A payment signed with a suite of the payer's choice is not signed with the allowance's key. */
async function suiteOfMessage(): Promise<readonly VectorRow[]> {
  const scene = scenery.createScene();
  const under = await scenery.allowance(scene);
  const document = await scenery.payment(scene, under);
  const parentId = scenery.idOf(under);
  const values = valuesOf(document);
  const other = signerOf('EdDSA', 'payer');
  const forged = 'payer_signature_invalid';
  const cases: readonly (readonly [string, string, RawSigned, ProtocolCode])[] = [
    ['said', 'An ES256 signature said to be EdDSA.', { ...document, suite: 'EdDSA' }, forged],
    [
      'used',
      'Really signed with EdDSA, which the allowance does not name.',
      await signRaw({ type: 'payment', values, parentId }, other),
      forged,
    ],
    [
      'length',
      'Said to be PS256, whose signatures have 256 bytes.',
      { ...document, suite: 'PS256' },
      'malformed',
    ],
  ];
  return cases.map(([name, about, raw, code]) => ({
    case: `payment-suite-${name}`,
    spec: 'suites.md §2',
    about,
    input: json({ packet: hex(rawPacket(2, under, raw)), issuers: issuersJson(scene.issuers) }),
    expect: refused(code),
  }));
}

async function makeBulletin(): Promise<Signed> {
  const { issuer } = scenery.createScene();
  return signDocument(scenery.bulletinFields({ issuerKey: 8 }), issuer);
}

function unknownIssuer(document: Signed): VectorRow {
  const { issuers } = scenery.createScene();
  if (document.fields.type !== 'bulletin') throw new TypeError('a bulletin was expected');
  const packet = encodePacket({
    kind: 'document',
    document: { ...document, fields: document.fields },
  });
  return {
    case: 'bulletin-unknown-issuer',
    spec: 'judge.md §2',
    about: 'Signed, but by a key number that the verifier does not have.',
    input: { packet: hex(packet), issuers: issuersJson(issuers) },
    expect: refused('issuer_unknown'),
  };
}
