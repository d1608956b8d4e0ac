import { proveDocument } from '@sikka/protocol';
import type { DocumentPacket, DocumentsByType, SigningKey } from '@sikka/protocol';
import type { Audit } from './audit.ts';
import type { Page, Quoted } from './book.ts';

type LoneType = DocumentPacket['document']['fields']['type'];

/** A lone document whose signature is valid. */
export interface Proved<K extends LoneType> {
  readonly id: Uint8Array;
  readonly fields: DocumentsByType[K];
}

interface Where {
  readonly table: string;
  readonly key: Readonly<Record<string, Quoted>>;
}

/**
 * The document of that type in a packet of kind 9, with its signature verified by the trust, by
 * its own key (enrolment) or by `device` (allowance request). Where it is not: `wrong`, and
 * undefined.
 */
export async function proveStored<K extends LoneType>(
  { trust }: Pick<Audit, 'trust'>,
  page: Page,
  { type, packet, device, where }: ProveStored<K>,
): Promise<Proved<K> | undefined> {
  const proved = await proveDocument(packet, device === undefined ? trust : { ...trust, device });
  if (proved.ok && proved.value.document.fields.type === type) {
    const { id, document } = proved.value;
    return { id, fields: document.fields as DocumentsByType[K] };
  }
  const found = proved.ok ? proved.value.document.fields.type : `${proved.code}: ${proved.detail}`;
  page.wrong({ ...where, what: `no valid ${type} in the packet`, expected: type, found });
  return undefined;
}

interface ProveStored<K extends LoneType> {
  readonly type: K;
  readonly packet: Uint8Array;
  readonly device?: SigningKey | undefined;
  readonly where: Where;
}
