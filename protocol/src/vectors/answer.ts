import { p256 } from '@noble/curves/nist.js';
import {
  buildProof,
  checkName,
  checkTown,
  createChunkReceiver,
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
  proveRun,
  proveWalletKey,
  readWalletKeyItem,
  twoWordIndices,
  twoWords,
  verifyConsistency,
  verifyInclusion,
  verifyProof,
  verifySettlement,
  walletKeyOf,
} from '../index.ts';
import type { PaymentPacket, ProtocolCode, Refused, Result, Verifier } from '../index.ts';
import { documentsJson, packetJson, proveDocuments } from './documents.ts';
import { cborJson, json } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { bundleCase, ledgerCase } from './older-formats.ts';
import * as read from './read.ts';

type Answer = (input: JsonObject, verifier: Verifier) => JsonObject | Promise<JsonObject>;

/**
 * What the public functions answer to a vector's input, in the form of its `expect`
 * (spec/vectors.md).
 * @throws ProtocolError `malformed` for a family or an input that the page does not describe.
 */
export async function answerVector(
  family: string,
  input: JsonObject,
  verifier: Verifier,
): Promise<JsonObject> {
  const answerCase = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  if (answerCase === undefined) throw read.unreadable(`no family ${family}`);
  return answerCase(input, verifier);
}

const FAMILIES: Readonly<Record<string, Answer>> = {
  encoding: ({ bytes }) => {
    const decoded = decodeCbor(read.bytes(bytes), { maxBytes: MAX_PACKET_BYTES });
    return answer(decoded, (value) => ({ value: cborJson(value) }));
  },
  suites: async ({ suite, publicKey, message, signature }, verifier) => ({
    ok: await verifier.verify(
      read.suite(suite),
      read.bytes(publicKey),
      read.bytes(message),
      read.bytes(signature),
    ),
  }),
  documents: async (input, verifier) =>
    answer(await proveDocuments(input, verifier), documentsJson),
  packets: ({ bytes }) => answer(decodePacket(read.bytes(bytes)), packetJson),
  qr: ({ text }) =>
    answer(parseQr(read.text(text)), ({ bytes, packet }) => ({
      bytes: hex(bytes),
      ...packetJson(packet),
    })),
  frames: ({ frames }) => joinFrames(read.list(frames).map(read.text)),
  chunks: ({ chunks }) => joinChunks(read.list(chunks).map(read.bytes)),
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
  'wallet-key': walletKeyCase,
  'sealed-ledger': ledgerCase,
  'device-bundle': bundleCase,
};

function answer<T>(result: Result<T>, show: (value: T) => JsonObject): JsonObject {
  return result.ok ? { ok: true, ...show(result.value) } : { ok: false, code: result.code };
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

function joinChunks(chunks: readonly Uint8Array[]): JsonObject {
  const receiver = createChunkReceiver();
  let last: JsonObject = { ok: false, code: 'malformed' };
  for (const each of chunks) {
    const progress = receiver.add(each);
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
  throw read.unreadable('known is a payment or a return');
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

async function walletKeyCase(
  { item, modulus }: JsonObject,
  verifier: Verifier,
): Promise<JsonObject> {
  const claimed = readWalletKeyItem(read.bytes(item));
  if (!claimed.ok) return { ok: false, code: claimed.code };
  const proved = await proveWalletKey(claimed.value, walletKeyOf(read.bytes(modulus)), verifier);
  return answer(proved, (payment) => ({
    paymentId: hex(payment.paymentId),
    payerWallet: payment.payerWallet,
    nonce: payment.nonce,
    minor: payment.amountMinor.toString(),
    currency: payment.currency,
    payeeKey: hex(payment.payeeKey),
    timestamp: payment.timestamp,
    covered: payment.covered,
  }));
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
    case 'paymentId': {
      const id = read.bytes(value);
      if (id.length !== 32) return malformed;
      return { ok: true, words: [...twoWords(id)], indices: [...twoWordIndices(id)] };
    }
    default:
      throw read.unreadable(`no identifier ${kind}`);
  }
}

const malformed: { readonly ok: false; readonly code: ProtocolCode } = {
  ok: false,
  code: 'malformed',
};
