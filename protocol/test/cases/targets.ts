import { encodePacket, hex, keyHash, signDocument } from '../../src/index.ts';
import type { Bulletin, Credential, PaymentRequest, ProtocolCode } from '../../src/index.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW } from '../support/scene.ts';
import { family, issuersJson, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { rawPacket } from './raw.ts';

const scene = scenery.createScene();

type Changes<T> = Partial<Omit<T, 'type'>>;

interface Asked {
  readonly credential?: Changes<Credential>;
  readonly request?: Changes<PaymentRequest>;
}

async function asking({ credential, request }: Asked = {}) {
  const by = await scenery.credential(scene, credential);
  const asked = await scenery.request(scene, by, request);
  return { by, asked, packet: encodePacket({ kind: 'request', credential: by, request: asked }) };
}

function row(
  name: string,
  about: string,
  [packet, context]: readonly [Uint8Array, JsonObject],
  expect: JsonObject,
): VectorRow {
  const input = {
    packet: hex(packet),
    issuers: issuersJson(scene.issuers),
    context: { bankTime: NOW, ...context },
  };
  return { case: name, spec: 'judge.md §2', about, input, expect };
}

/** What a payer's phone judges before it signs: the request, or the printed code. */
export async function targetVectors(): Promise<readonly VectorCase[]> {
  const { by, asked, packet } = await asking();
  const printed = await scenery.printedCredential(scene);
  const code = encodePacket({ kind: 'printed-code', credential: printed });
  const credentialId = scenery.idOf(by);
  const no = (
    name: string,
    refusedWith: ProtocolCode,
    about: string,
    bytes: Uint8Array,
    context: JsonObject = {},
  ): VectorRow => row(name, about, [bytes, context], refused(refusedWith));
  const asks = async (from: Asked): Promise<Uint8Array> => (await asking(from)).packet;
  const stranger = signerOf('ES256', 'stranger');
  const ofStranger = await signDocument(asked.fields, stranger, credentialId);
  const forged = await signDocument(by.fields, stranger);
  const other = await scenery.credential(scene, { serial: 1 });
  const static_ = await scenery.printedCredential(scene);
  const byStatic = await scenery.request(scene, static_);
  const device = keyHash(by.fields.suite, by.fields.publicKey);
  const under = await scenery.allowance(scene);
  const payment = scenery.paymentPacket(under, await scenery.payment(scene, under));
  return family('targets', [
    row('request', 'A request that can be paid.', [packet, {}], {
      ok: true,
      wallet: scenery.PAYEE_WALLET,
      mode: 'dynamic',
      bind: hex(scenery.idOf(asked, credentialId)),
    }),
    row('printed-code', 'A printed code.', [code, {}], {
      ok: true,
      wallet: scenery.PAYEE_WALLET,
      mode: 'static',
      bind: hex(scenery.idOf(printed)),
    }),
    row('request-last-second', 'Windows include both ends.', [packet, { bankTime: NOW + 600 }], {
      ok: true,
      wallet: scenery.PAYEE_WALLET,
      mode: 'dynamic',
      bind: hex(scenery.idOf(asked, credentialId)),
    }),
    row('printed-code-paid-before', 'Paid many times.', [code, { paidBy: hex(bytesOf('x')) }], {
      ok: true,
      wallet: scenery.PAYEE_WALLET,
      mode: 'static',
      bind: hex(scenery.idOf(printed)),
    }),
    no(
      'not-yet-valid-day-and-second',
      'not_yet_valid',
      'A day before from is not too early, a second more is.',
      code,
      { bankTime: printed.fields.from - DAY - 1 },
    ),
    no('payment', 'malformed', 'A payment asks for nothing.', payment),
    no('truncated', 'malformed', 'A byte short.', packet.slice(0, -1)),
    no(
      'issuer-unknown',
      'issuer_unknown',
      'No issuer key 8.',
      await asks({ credential: { issuerKey: 8 } }),
    ),
    no(
      'issuer-forged',
      'issuer_signature_invalid',
      'A credential of a stranger.',
      rawPacket(1, forged, asked),
    ),
    no(
      'payee-forged',
      'payee_signature_invalid',
      'A request of a stranger.',
      rawPacket(1, by, ofStranger),
    ),
    no(
      'other-credential',
      'payee_signature_invalid',
      'Beside another credential of the same key.',
      rawPacket(1, other, asked),
    ),
    no(
      'by-printed-code',
      'wrong_mode',
      'A request by the key of a printed code.',
      rawPacket(1, static_, byStatic),
    ),
    no('request-expired', 'request_expired', 'A second late.', packet, { bankTime: NOW + 601 }),
    no('already-paid', 'request_already_paid', 'This wallet paid it before.', packet, {
      paidBy: hex(bytesOf('a payment')),
    }),
    no(
      'wrong-currency',
      'wrong_currency',
      "Not the credential's.",
      await asks({
        request: { currency: scenery.USD },
      }),
    ),
    no(
      'not-yet-valid',
      'not_yet_valid',
      'More than a day early.',
      await asks({
        credential: { from: NOW + DAY + 1 },
      }),
    ),
    no(
      'expired',
      'expired',
      'A credential a second over.',
      await asks({ credential: { until: NOW - 1 } }),
    ),
    no(
      'version-too-low',
      'version_too_low',
      'The credential asks for a newer version.',
      await asks({
        credential: { minVersion: 2 },
      }),
    ),
    no(
      'device-revoked',
      'device_revoked',
      "The payee's device.",
      packet,
      await bulletinOf({
        revokedDevices: [device],
        revokedCredentials: [credentialId],
      }),
    ),
    no(
      'credential-revoked',
      'credential_revoked',
      'The credential.',
      packet,
      await bulletinOf({
        revokedCredentials: [credentialId],
      }),
    ),
    no(
      'printed-code-revoked',
      'credential_revoked',
      'A printed code taken back.',
      code,
      await bulletinOf({
        revokedCredentials: [scenery.idOf(printed)],
      }),
    ),
  ]);
}

async function bulletinOf(changes: Changes<Bulletin>): Promise<JsonObject> {
  const document = await signDocument(scenery.bulletinFields(changes), scene.issuer);
  return { bulletin: hex(encodePacket({ kind: 'document', document })) };
}
