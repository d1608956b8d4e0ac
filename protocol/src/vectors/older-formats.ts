import { p256 } from '@noble/curves/nist.js';
import {
  checkLedger,
  deviceTransactionId,
  hex,
  importEcdhPrivateKey,
  openBundle,
  openLedgerUpload,
  openTransaction,
  proveBundle,
  proveLedger,
  proveLedgerEntry,
  readBundleMessage,
  readBundleUri,
  readDeviceKey,
  readLedgerItem,
  webCryptoAgreement,
} from '../index.ts';
import type { DeviceTransaction, KeyAgreement, LedgerTransaction, Verifier } from '../index.ts';
import { json } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import * as read from './read.ts';

/** What the functions for sealed ledgers answer (spec/vectors.md, `sealed-ledger`). */
export async function ledgerCase(input: JsonObject, verifier: Verifier): Promise<JsonObject> {
  if (input['item'] !== undefined) {
    const item = readLedgerItem(read.bytes(input['item']));
    return item.ok ? proveTransaction(item.value, input, verifier) : refusal(item);
  }
  const agreements = [await agreementOf(input['privateKey'])];
  if (input['sealed'] !== undefined) {
    const opened = await openTransaction(read.text(input['sealed']), { agreements, verifier });
    if (!opened.ok) return refusal(opened);
    const { transaction, hash } = opened.value;
    return { ok: true, txnId: transaction.txnId, hash };
  }
  const upload = await openLedgerUpload(read.text(input['body']), agreements);
  if (!upload.ok) return refusal(upload);
  const { form, signed, entries } = upload.value;
  const receiver = read.bytes(input['receiverKey']);
  const whole = signed && (await proveLedger(upload.value, receiver, verifier));
  if (whole?.ok === false) return refusal(whole);
  const [finding] = checkLedger(entries);
  if (finding !== undefined) return refusal(finding);
  const payments: JsonObject[] = [];
  for (const { transaction } of entries) {
    const answer = await proveTransaction(transaction, input, verifier);
    if (answer['ok'] !== true) return answer;
    payments.push(answer);
  }
  return { ok: true, form, payments };
}

async function proveTransaction(
  transaction: LedgerTransaction,
  { senderKeys, currency }: JsonObject,
  verifier: Verifier,
): Promise<JsonObject> {
  const key = read.bytes(read.object(senderKeys)[transaction.fromId]);
  const proved = await proveLedgerEntry(transaction, key, verifier);
  if (!proved.ok) return refusal(proved);
  const { txnId, paymentId, walletId } = proved.value;
  const minor = proved.value.amountMinor(read.number(currency));
  if (!minor.ok) return refusal(minor);
  return json({
    ok: true,
    txnId,
    paymentId: hex(paymentId),
    minor: minor.value.toString(),
    walletId,
  });
}

/** What the functions for device bundles answer (spec/vectors.md, `device-bundle`). */
export async function bundleCase(input: JsonObject, verifier: Verifier): Promise<JsonObject> {
  if (input['uri'] !== undefined) {
    const carried = readBundleUri(read.text(input['uri']));
    return carried.ok ? { ok: true, ...carried.value } : refusal(carried);
  }
  if (input['message'] !== undefined) {
    const carried = readBundleMessage(read.bytes(input['message']));
    return carried.ok ? { ok: true, ...carried.value } : refusal(carried);
  }
  const key = readDeviceKey(read.text(input['publicKey']));
  if (!key.ok) return refusal(key);
  const texts = ['deviceId', 'bundleId', 'encryptedPayload', 'signature'];
  const [deviceId = '', bundleId = '', encryptedPayload = '', signature = ''] = texts.map((name) =>
    read.text(input[name]),
  );
  const signed = await proveBundle({ encryptedPayload, signature }, key.value, verifier);
  if (!signed.ok) return refusal(signed);
  const agreements = [await agreementOf(input['privateKey'])];
  const opened = await openBundle(signed.value, { bundleId, deviceId }, { agreements });
  if (!opened.ok) return refusal(opened);
  const { nonce, deviceClock, transactions, failedPins } = opened.value;
  const shown = transactions.map((transaction) => transactionJson(deviceId, transaction));
  const said = { nonce, deviceClock, transactions: shown };
  return json({ ok: true, keyId: hex(key.value.id), ...said, failedPins: failedPins || undefined });
}

function transactionJson(deviceId: string, transaction: DeviceTransaction): JsonObject {
  const { localId, type, amountMinor, currency, sender, receiver, payment } = transaction;
  return json({
    id: hex(deviceTransactionId(deviceId, localId)),
    localId,
    type,
    minor: amountMinor.toString(),
    currency,
    sender,
    receiver,
    merchantId: transaction.merchantId,
    payment: payment && hex(payment),
  });
}

async function agreementOf(privateKey: Json | undefined): Promise<KeyAgreement> {
  const secret = read.bytes(privateKey);
  return webCryptoAgreement(await importEcdhPrivateKey(secret), p256.getPublicKey(secret, true));
}

function refusal({ code }: { readonly code: string }): JsonObject {
  return { ok: false, code };
}
