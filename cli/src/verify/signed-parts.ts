import type { IssuerKeys, Packet, Signed, SigningKey } from '@sikka/protocol';

/** A signed document inside a packet, with what it takes to check its signature. */
export interface SignedPart {
  /** The document's type (spec/documents.md §2). */
  readonly name: string;
  readonly document: Signed;
  /** Id of the document it speaks of, where its type has a parent. */
  readonly parentId?: Uint8Array;
  /** From the record that names it (spec/suites.md §2); absent where this packet holds none. */
  readonly key?: SigningKey;
}

const byIssuer = (document: Signed, issuers: IssuerKeys): SignedPart => {
  const { fields } = document;
  const key = 'issuerKey' in fields ? issuers.get(fields.issuerKey) : undefined;
  return { name: fields.type, document, ...(key === undefined ? {} : { key }) };
};

const byKeyOf = (document: Signed, key: SigningKey, parentId: Uint8Array): SignedPart => ({
  name: document.fields.type,
  document,
  key,
  parentId,
});

/** Every signed document of a packet, in its order; a sealed packet and a frame show none. */
export const signedParts = (packet: Packet, issuers: IssuerKeys): readonly SignedPart[] => {
  switch (packet.kind) {
    case 'request':
      return [
        byIssuer(packet.credential, issuers),
        byKeyOf(packet.request, packet.credential.fields, packet.credentialId),
      ];
    case 'receipt':
      return [
        byIssuer(packet.credential, issuers),
        byKeyOf(packet.receipt, packet.credential.fields, packet.credentialId),
      ];
    case 'refund':
      return [
        byIssuer(packet.credential, issuers),
        byKeyOf(packet.refund, packet.credential.fields, packet.credentialId),
      ];
    case 'payment':
      return [
        byIssuer(packet.allowance, issuers),
        byKeyOf(packet.payment, packet.allowance.fields, packet.allowanceId),
      ];
    case 'return':
      return [
        byIssuer(packet.allowance, issuers),
        byKeyOf(packet.return, packet.allowance.fields, packet.allowanceId),
      ];
    case 'proof':
      return [
        byIssuer(packet.allowance, issuers),
        byKeyOf(packet.first.document, packet.allowance.fields, packet.allowanceId),
        byKeyOf(packet.second.document, packet.allowance.fields, packet.allowanceId),
      ];
    case 'printed-code':
      return [byIssuer(packet.credential, issuers)];
    case 'settlement':
      return [byIssuer(packet.receipt, issuers), byIssuer(packet.checkpoint, issuers)];
    case 'document': {
      const { document } = packet;
      const { fields } = document;
      // An enrolment proves possession of the key it names; an allowance request names its key by
      // hash only, so it needs the bank's device record.
      if (fields.type === 'enrolment') return [{ name: 'enrolment', document, key: fields }];
      return [byIssuer(document, issuers)];
    }
    case 'sealed':
    case 'frame':
      return [];
  }
};
