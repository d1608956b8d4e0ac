import { documentId, encodePacket, MAX_COUNTER, qrText, seal, signDocument } from '@sikka/protocol';
import type { Suite } from '@sikka/protocol';
import QRCode from 'qrcode';
import type { Encounter } from './encounter.ts';
import { createEncounter, NOW } from './encounter.ts';
import type { Goal, Row } from './figures.ts';

const SUITES = ['ES256', 'EdDSA', 'PS256'] as const satisfies readonly Suite[];
const UNITS = ['bytes', 'characters', 'version'] as const;

/** Greatest QR versions at level M (spec/packets.md §2). */
const GREATEST_VERSION = {
  'payment-clear-es256': 14,
  'payment-clear-eddsa': 14,
  'payment-clear-ps256': 25,
  'payment-sealed-es256': 17,
  'payment-sealed-eddsa': 17,
  'payment-sealed-ps256': 25,
  request: 15,
  receipt: undefined,
} as const;

type Shown = keyof typeof GREATEST_VERSION;
const SHOWN = Object.keys(GREATEST_VERSION) as readonly Shown[];

export const SIZE_NAMES = SHOWN.flatMap((shown) =>
  UNITS.map((unit) => `sizes/${shown}-${unit}` as const),
);

/** What is shown between two phones: bytes of the packet, characters of its text, QR version. */
export async function measureSizes(): Promise<readonly Row[]> {
  const packets = new Map<Shown, Uint8Array>();
  for (const suite of SUITES) {
    const encounter = await createEncounter(suite);
    const clear = await paymentPacket(encounter);
    const { agreement, target } = encounter;
    const sealed = await seal(clear, { ecdhKey: agreement.publicKey, bind: target.bind });
    packets.set(`payment-clear-${lower(suite)}`, clear);
    packets.set(`payment-sealed-${lower(suite)}`, sealed);
    if (suite !== 'ES256') continue;
    packets.set('request', encounter.request.bytes);
    packets.set('receipt', await receiptPacket(encounter));
  }
  return SHOWN.flatMap((shown) => rowsOf(shown, packets.get(shown)));
}

/** The allowance beside the payment, as it is shown or sealed. */
export async function paymentPacket(encounter: Encounter): Promise<Uint8Array> {
  const { allowance, allowanceId, payer, payment } = encounter;
  const signed = await signDocument(payment, payer, allowanceId);
  return encodePacket({ kind: 'payment', allowance, payment: signed });
}

async function receiptPacket(encounter: Encounter): Promise<Uint8Array> {
  const { allowanceId: parentId, credential, credentialId, payee, payer, payment } = encounter;
  const signed = await signDocument(payment, payer, parentId);
  const signing = { type: 'payment', suite: payer.suite, parentId } as const;
  const receipt = await signDocument(
    {
      type: 'receipt',
      paymentId: documentId(signing, signed.payload),
      amountMinor: payment.amountMinor,
      verdict: 'accepted',
      time: NOW,
      bulletinVersion: MAX_COUNTER,
    },
    payee,
    credentialId,
  );
  return encodePacket({ kind: 'receipt', credential, receipt });
}

function rowsOf(shown: Shown, packet: Uint8Array | undefined): readonly Row[] {
  if (packet === undefined) return [];
  const text = qrText(packet);
  const { version } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const values = { bytes: packet.length, characters: text.length, version };
  const greatest = GREATEST_VERSION[shown];
  const goal: Goal | undefined = greatest === undefined ? undefined : { atMost: greatest };
  const named = (unit: (typeof UNITS)[number]) => ({
    figure: { name: `sizes/${shown}-${unit}`, value: values[unit], unit: LABELS[unit] },
  });
  return [
    { ...named('bytes'), jsonOnly: true },
    { ...named('characters'), jsonOnly: true },
    { ...named('version'), goal, beside: `${packet.length} bytes, ${text.length} characters` },
  ];
}

const LABELS = { bytes: 'bytes', characters: 'characters', version: 'QR version' } as const;

function lower<S extends Suite>(suite: S): Lowercase<S> {
  return suite.toLowerCase() as Lowercase<S>;
}
