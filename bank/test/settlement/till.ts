import { documentId, encodePacket, signDocument } from '@sikka/protocol';
import type { Credential, Signed } from '@sikka/protocol';
import type { Device, Person, SignedPayment, Town } from './town.ts';
import { DAY, PKR, START } from './town.ts';

export interface Till {
  readonly device: Device;
  readonly credential: Signed<Credential>;
  readonly id: Uint8Array;
}

export interface TillTerms {
  readonly until?: number;
  readonly known?: 'known' | 'unknown';
}

/** A till that signs for the owner's current wallet, with its credential. */
export async function tillOf(town: Town, owner: Person, terms: TillTerms = {}): Promise<Till> {
  const { db } = town;
  const { until = START + 90 * DAY, known = 'known' } = terms;
  const device = await town.device(owner);
  const { rows } = await db.ownerPool.query<{ serial: bigint }>(
    `select nextval('credentials_serial_seq') as serial`,
  );
  const serial = Number(rows[0]!.serial);
  const { suite, publicKey } = device.signer;
  const credential = await signDocument<Credential>(
    {
      type: 'credential',
      issuerKey: town.issuer.number,
      serial,
      wallet: owner.current.number,
      name: 'Chai Khana',
      town: 'Chakwal',
      suite,
      publicKey,
      mode: 'dynamic',
      till: Number(device.no),
      ecdhKey: undefined,
      currency: PKR,
      from: START,
      until,
      minVersion: 1,
    },
    town.issuer,
  );
  const id = documentId({ type: 'credential', suite: town.issuer.suite }, credential.payload);
  if (known === 'known') {
    await db.serverPool.query(
      `insert into credentials (serial, id, device_no, wallet_number, mode, currency, name, town,
          from_s, until_s, packet, issued_at)
        values ($1, $2, $3, $4, 'dynamic', $5, 'Chai Khana', 'Chakwal', $6, $7, '\\x00', now())`,
      [serial, id, device.no, owner.current.number, PKR, START, until],
    );
  }
  return { device, credential, id };
}

export interface RefundFields {
  readonly number?: number;
  readonly amount: number;
  readonly cumulative?: number;
  readonly previous?: Uint8Array;
  readonly currency?: number;
}

export interface SignedRefund {
  readonly packet: Uint8Array;
  readonly id: Uint8Array;
}

export async function signRefund(
  payment: SignedPayment,
  fields: RefundFields,
  by: Till,
): Promise<SignedRefund> {
  const { number = 1, amount, cumulative = amount, previous = payment.id, currency = PKR } = fields;
  const document = await signDocument(
    {
      type: 'refund',
      paymentId: payment.id,
      number,
      amountMinor: BigInt(amount),
      currency,
      cumulativeMinor: BigInt(cumulative),
      previous,
    },
    by.device.signer,
    by.id,
  );
  const packet = encodePacket({ kind: 'refund', credential: by.credential, refund: document });
  const context = { type: 'refund', suite: document.suite, parentId: by.id } as const;
  return { packet, id: documentId(context, document.payload) };
}
