import { p256 } from '@noble/curves/nist.js';
import {
  buildProof,
  checkName,
  checkTown,
  createFrameReceiver,
  decodeCbor,
  decodePacket,
  decodePayment,
  formatAmount,
  hex,
  isWalletNumber,
  judge,
  judgeTarget,
  MAX_PACKET_BYTES,
  open,
  parseAmount,
  parseQr,
  proveDocument,
  provePayeePacket,
  provePayment,
  proveReturn,
  proveRun,
  twoWords,
  verifyConsistency,
  verifyInclusion,
  verifyProof,
  verifySettlement,
} from '../../src/index.ts';
import type {
  Packet,
  PaymentPacket,
  ProtocolCode,
  Refused,
  Result,
  Signed,
  SikkaDocument,
  Suite,
  Verifier,
} from '../../src/index.ts';
import { cborJson, json } from './case.ts';
import type { Json, JsonObject } from './case.ts';
import * as read from './read.ts';

type Runner = (input: JsonObject, verifier: Verifier) => JsonObject | Promise<JsonObject>;

/** What the public functions answer to a vector's input, in the form of its `expect`. */
export async function runVector(
  family: string,
  input: JsonObject,
  verifier: Verifier,
): Promise<JsonObject> {
  const run = RUNNERS[family];
  if (run === undefined) throw new TypeError(`no family ${family}`);
  return run(input, verifier);
}

const RUNNERS: Readonly<Record<string, Runner>> = {
  encoding: ({ bytes }) => {
    const decoded = decodeCbor(read.bytes(bytes), { maxBytes: MAX_PACKET_BYTES });
    return answer(decoded, (value) => ({ value: cborJson(value) }));
  },
  suites: async ({ suite, publicKey, message, signature }, verifier) => ({
    ok: await verifier.verify(
      read.text(suite) as Suite,
      read.bytes(publicKey),
      read.bytes(message),
      read.bytes(signature),
    ),
  }),
  documents: async (input, verifier) =>
    answer(await proveDocuments(input, verifier), (packet) => ({
      documents: documentsOf(packet).map(({ id, document }) => ({
        type: document.fields.type,
        id: hex(id),
        payload: payloadJson(document),
      })),
    })),
  packets: ({ bytes }) => answer(decodePacket(read.bytes(bytes)), packetJson),
  qr: ({ text }) =>
    answer(parseQr(read.text(text)), ({ bytes, packet }) => ({
      bytes: hex(bytes),
      ...packetJson(packet),
    })),
  frames: ({ frames }) => joinFrames(read.list(frames).map(read.text)),
  sealing: async ({ sealed, privateKey, bind }) => {
    const secret = read.bytes(privateKey);
    const publicKey = p256.getPublicKey(secret, true);
    const key = { privateKey: secret, publicKey, bind: read.bytes(bind) };
    return answer(await open(read.bytes(sealed), key), (packet) => ({ packet: hex(packet) }));
  },
  judge: judgeCase,
  targets: async ({ packet, issuers, context }, verifier) => {
    const { bankTime, bulletin, supportedVersion, paidBy } = read.object(context);
    const supported = read.optional(supportedVersion, read.number);
    const judged = await judgeTarget(read.bytes(packet), {
      issuers: read.issuers(issuers),
      verifier,
      bankTime: read.number(bankTime),
      bulletin: read.optional(bulletin, read.bulletin),
      ...(supported === undefined ? {} : { supportedVersion: supported }),
      paidBy: () => read.optional(paidBy, read.bytes),
    });
    return answer(judged, ({ target }) => ({
      wallet: target.wallet,
      mode: target.mode,
      bind: hex(target.bind),
    }));
  },
  proofs: async ({ packet, issuers }, verifier) => {
    const trust = { issuers: read.issuers(issuers), verifier };
    return answer(await verifyProof(read.bytes(packet), trust), ({ verdict, allowanceId }) => ({
      verdict,
      allowanceId: hex(allowanceId),
    }));
  },
  runs: async ({ payments, issuers }, verifier) => {
    const packets: PaymentPacket[] = [];
    for (const each of read.list(payments)) {
      const decoded = decodePayment(read.bytes(each));
      if (!decoded.ok) return { ok: false, code: decoded.code };
      packets.push(decoded.value);
    }
    const answers = await proveRun(packets, { issuers: read.issuers(issuers), verifier });
    return {
      ok: answers.every(({ ok }) => ok),
      proved: answers.map((each) => (each.ok ? each.value.provedBy : each.code)),
    };
  },
  log: logCase,
  identifiers: identifierCase,
};

function answer<T>(result: Result<T>, show: (value: T) => JsonObject): JsonObject {
  return result.ok ? { ok: true, ...show(result.value) } : { ok: false, code: result.code };
}

async function proveDocuments(
  { packet, issuers, device }: JsonObject,
  verifier: Verifier,
): Promise<Result<Packet>> {
  const bytes = read.bytes(packet);
  const trust = { issuers: read.issuers(issuers), verifier };
  const decoded = decodePacket(bytes);
  if (!decoded.ok) return decoded;
  const key = read.optional(device, read.signingKey);
  switch (decoded.value.kind) {
    case 'document':
      return proveDocument(bytes, { ...trust, ...(key === undefined ? {} : { device: key }) });
    case 'payment':
      return unwrap(await provePayment(bytes, trust));
    case 'return':
      return unwrap(await proveReturn(bytes, trust));
    case 'settlement':
      return verifySettlement(bytes, trust);
    default:
      return provePayeePacket(bytes, trust);
  }
}

function unwrap(proved: Result<{ readonly packet: Packet }>): Result<Packet> {
  return proved.ok ? { ok: true, value: proved.value.packet } : proved;
}

interface Named {
  readonly id: Uint8Array;
  readonly document: Signed<SikkaDocument>;
}

/** The documents of a packet in order, with their ids. */
function documentsOf(packet: Packet): readonly Named[] {
  switch (packet.kind) {
    case 'request':
      return [credentialOf(packet), { id: packet.requestId, document: packet.request }];
    case 'payment':
      return [allowanceOf(packet), { id: packet.paymentId, document: packet.payment }];
    case 'receipt':
      return [credentialOf(packet), { id: packet.receiptId, document: packet.receipt }];
    case 'refund':
      return [credentialOf(packet), { id: packet.refundId, document: packet.refund }];
    case 'return':
      return [allowanceOf(packet), { id: packet.returnId, document: packet.return }];
    case 'proof':
      return [allowanceOf(packet), packet.first, packet.second];
    case 'printed-code':
      return [credentialOf(packet)];
    case 'document':
      return [packet];
    case 'settlement':
      return [
        { id: packet.receiptId, document: packet.receipt },
        { id: packet.checkpointId, document: packet.checkpoint },
      ];
    case 'sealed':
    case 'frame':
      return [];
  }
}

function credentialOf(packet: { credential: Signed; credentialId: Uint8Array }): Named {
  return { id: packet.credentialId, document: packet.credential };
}

function allowanceOf(packet: { allowance: Signed; allowanceId: Uint8Array }): Named {
  return { id: packet.allowanceId, document: packet.allowance };
}

function payloadJson({ payload }: Signed): Json {
  const decoded = decodeCbor(payload, { maxBytes: payload.length });
  return decoded.ok ? cborJson(decoded.value) : decoded.code;
}

function packetJson(packet: Packet): JsonObject {
  return { kind: packet.kind, ids: documentsOf(packet).map(({ id }) => hex(id)) };
}

function joinFrames(texts: readonly string[]): JsonObject {
  const receiver = createFrameReceiver();
  let last: JsonObject = { ok: false, code: 'malformed' };
  for (const each of texts) {
    const parsed = parseQr(each);
    if (!parsed.ok || parsed.value.packet.kind !== 'frame') {
      last = { ok: false, code: parsed.ok ? 'malformed' : parsed.code };
      continue;
    }
    const progress = receiver.add(parsed.value.packet);
    if (progress.state === 'done') return { ok: true, message: hex(progress.message) };
    if (progress.state === 'discarded') last = { ok: false, code: progress.code };
  }
  return last;
}

async function judgeCase(
  { packet, issuers, context }: JsonObject,
  verifier: Verifier,
): Promise<JsonObject> {
  const bytes = read.bytes(packet);
  const known = read.context(context);
  const verdict = await judge(bytes, { ...known, issuers: read.issuers(issuers), verifier });
  if (verdict.ok) return { ok: true, code: verdict.code, paymentId: hex(verdict.paymentId) };
  return json({
    ok: false,
    code: verdict.code,
    paymentId: verdict.paymentId && hex(verdict.paymentId),
    answer: verdict.firstAnswer as Json | undefined,
    proof: proofJson(bytes, context, verdict),
  });
}

function proofJson(
  bytes: Uint8Array,
  context: Json | undefined,
  { against }: Refused,
): string | undefined {
  const judged = decodePayment(bytes);
  if (against === undefined || !judged.ok) return undefined;
  const other = read.knownPacket(context, against);
  const { allowance, payment } = judged.value;
  if (other.kind === 'payment') return hex(buildProof(allowance, payment, other.payment));
  if (other.kind === 'return') return hex(buildProof(allowance, payment, other.return));
  throw new TypeError('known is a payment or a return');
}

async function logCase(input: JsonObject, verifier: Verifier): Promise<JsonObject> {
  if (input['packet'] !== undefined) {
    const trust = { issuers: read.issuers(input['issuers']), verifier };
    const verified = await verifySettlement(read.bytes(input['packet']), trust);
    return answer(verified, ({ receiptId }) => ({ id: hex(receiptId) }));
  }
  const path = read.list(input['path']).map(read.bytes);
  if (input['leaf'] !== undefined) {
    const ok = verifyInclusion({
      leaf: read.bytes(input['leaf']),
      index: read.number(input['index']),
      size: read.number(input['size']),
      root: read.bytes(input['root']),
      path,
    });
    return { ok };
  }
  const ok = verifyConsistency({
    oldSize: read.number(input['oldSize']),
    oldRoot: read.bytes(input['oldRoot']),
    newSize: read.number(input['newSize']),
    newRoot: read.bytes(input['newRoot']),
    path,
  });
  return { ok };
}

function identifierCase(input: JsonObject): JsonObject {
  const [[kind, value] = ['', '']] = Object.entries(input);
  switch (kind) {
    case 'walletNumber':
      return isWalletNumber(read.number(value)) ? { ok: true } : malformed;
    case 'name':
      return answer(checkName(read.text(value)), () => ({}));
    case 'town':
      return answer(checkTown(read.text(value)), () => ({}));
    case 'amount': {
      const { text, currency } = read.object(value);
      const parsed = parseAmount(read.text(text), read.number(currency));
      return answer(parsed, (minor) => ({
        minor: minor.toString(),
        text: formatAmount(minor, read.number(currency)),
      }));
    }
    case 'paymentId':
      return { ok: true, words: [...twoWords(read.bytes(value))] };
    default:
      throw new TypeError(`no identifier ${kind}`);
  }
}

const malformed: { readonly ok: false; readonly code: ProtocolCode } = {
  ok: false,
  code: 'malformed',
};
