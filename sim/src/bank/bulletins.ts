import { toBase64url } from '@sikka/api';
import { documentId, encodePacket, hex, sha256, signDocument, SUITES, utf8 } from '@sikka/protocol';
import type { Bulletin } from '@sikka/protocol';
import { currentIssuer } from './issuer.ts';
import { isoOf } from './people.ts';
import type { Desk } from './people.ts';
import type { BankCalls } from './port.ts';
import { answered, problem } from './problems.ts';
import type { BulletinRow, IssuerKeyRow, Tables } from './tables.ts';

type Calls = Pick<BankCalls, 'getBulletin' | 'getLatestBulletin'>;

export function bulletinCalls({ tables: { bulletins } }: Desk): Calls {
  const wire = (row: BulletinRow | undefined) => {
    if (row === undefined) return problem('bulletin/not_found');
    const { version, id, packet, at } = row;
    const said = { version, id: hex(id), issued_at: isoOf(at), packet: toBase64url(packet) };
    return answered(said);
  };
  return {
    getLatestBulletin: async () => wire(bulletins.at(-1)),
    getBulletin: async ({ params: { version } }) => wire(bulletins[Number(version) - 1]),
  };
}

const INTERVAL_SECONDS = 3_600;
const DUE_SECONDS = 7_200;

/**
 * Issues one (spec/documents.md type 12). Signed by the key before the newest where that one is
 * announced by it: a verifier adopts a bulletin only by a key it knew.
 */
export async function issueBulletin(
  { tables, parts }: Desk,
  signer: Pick<IssuerKeyRow, 'number' | 'signer'> | undefined = undefined,
): Promise<void> {
  const now = parts.now();
  const last = tables.bulletins.at(-1);
  const issuer = signer?.signer ?? currentIssuer(tables);
  const announced = announcedAt(tables, now);
  const fields: Bulletin = {
    type: 'bulletin',
    issuerKey: signer?.number ?? currentIssuer(tables).number,
    version: tables.bulletins.length + 1,
    previous: last?.id ?? new Uint8Array(32),
    bankTime: now,
    nextDue: now + DUE_SECONDS,
    ...announced,
    policyEpochs: [{ currency: parts.currency, epoch: 1 }],
    minVersion: 1,
    suites: SUITES,
  };
  const document = await signDocument(fields, issuer);
  const id = documentId({ type: 'bulletin', suite: issuer.suite }, document.payload);
  const packet = encodePacket({ kind: 'document', document });
  const content = contentOf(announced);
  tables.log.push(tables.bulletins, { version: fields.version, id, content, packet, at: now });
}

/** Issues one where something is new since the last, or the last is an interval old. */
export async function issueIfDue(desk: Desk): Promise<void> {
  const { tables, parts } = desk;
  const last = tables.bulletins.at(-1);
  const now = parts.now();
  const isNew = last?.content !== contentOf(announcedAt(tables, now));
  if (!isNew && now - last.at < INTERVAL_SECONDS) return;
  await tables.log.transaction(() => issueBulletin(desk));
}

/** What could still be shown to somebody; what has ended is refused anyway. */
function announcedAt({ allowances, credentials, devices, issuerKeys }: Tables, now: number) {
  const open = [...allowances.values()].filter(({ fields }) => fields.until >= now);
  const valid = [...credentials.values()].filter(({ until }) => until >= now);
  const inUse = new Set([
    ...[...allowances.values()].filter(({ fields }) => fields.until >= now).map(deviceOf),
    ...valid.map(({ deviceNo }) => deviceNo),
  ]);
  const revoked = [...devices.values()].filter(({ no, status }) => {
    return status === 'revoked' && inUse.has(no);
  });
  return {
    revokedAllowances: open
      .filter(({ revokedAt }) => revokedAt !== undefined)
      .map(({ terms }) => terms.id),
    revokedDevices: revoked.map(({ keyHash }) => keyHash),
    revokedCredentials: valid.filter((row) => row.revoked).map(({ id }) => id),
    issuerKeys: issuerKeys
      .filter(({ until }) => until >= now)
      .map(({ number, suite, publicKey, from, until }) => {
        return { number, suite, publicKey, from, until };
      }),
  };
}

function deviceOf({ terms }: { readonly terms: { readonly deviceNo: bigint } }): bigint {
  return terms.deviceNo;
}

function contentOf(announced: ReturnType<typeof announcedAt>): string {
  const { revokedAllowances, revokedDevices, revokedCredentials, issuerKeys } = announced;
  const said = [revokedAllowances, revokedDevices, revokedCredentials].map((ids) => ids.map(hex));
  const keys = issuerKeys.map(({ number }) => number);
  return hex(sha256(utf8(JSON.stringify([said, keys]))));
}
