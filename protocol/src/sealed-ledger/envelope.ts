import { decodeBase64, encodeBase64 } from '../base64.ts';
import { decodeUtf8, utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { member } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { readPublicJwk } from '../public-jwk.ts';
import { openContent, sealContent } from '../sealing/content.ts';
import { unwrapKey, wrapKey } from '../sealing/key-wrap.ts';
import type { KeyAgreement } from '../sealing/key-wrap.ts';

/** The three parts that both directions share (spec/sealed-ledger.md §2), in base64. */
export interface SealedText {
  readonly encrypted_payload: string;
  readonly encrypted_aes_key: string;
  readonly iv: string;
}

/** Fresh random bytes for one message; with them the same text gives the same bytes. */
export interface EnvelopeSecrets {
  /** 32 bytes. */
  readonly contentKey: Uint8Array;
  /** 12 bytes, for the payload. */
  readonly iv: Uint8Array;
  /** 12 bytes, for the key. */
  readonly wrapIv: Uint8Array;
}

/** Seals a text to a peer's point (33 bytes). Rejects for a peer that is no point. */
export async function sealText(
  text: string,
  {
    peer,
    agreement,
    secrets,
  }: {
    readonly peer: Uint8Array;
    readonly agreement: KeyAgreement;
    readonly secrets: EnvelopeSecrets;
  },
): Promise<SealedText> {
  const { contentKey, iv, wrapIv } = secrets;
  const payload = await sealContent(utf8(text), { key: contentKey, iv });
  const wrapped = await wrapKey(contentKey, { peer, agreement, iv: wrapIv });
  return {
    encrypted_payload: encodeBase64(payload),
    encrypted_aes_key: encodeBase64(wrapped),
    iv: encodeBase64(iv),
  };
}

/** The text inside, opened by the first of the reader's keys that fits. Never throws. */
export async function openText(
  node: JsonNode,
  {
    peer,
    agreements,
  }: {
    /** The member that names the other side's key agreement key. */
    readonly peer: 'receiver_public_key' | 'sender_ecdh_public_key';
    readonly agreements: readonly KeyAgreement[];
  },
): Promise<Result<string, 'ledger/malformed' | 'ledger/key_invalid' | 'ledger/open_failed'>> {
  const [payload, wrapped, iv] = ['encrypted_payload', 'encrypted_aes_key', 'iv'].map((key) =>
    base64In(node, key),
  );
  if (payload === undefined || wrapped === undefined || iv === undefined) {
    return failure('ledger/malformed', 'a part is missing or not base64');
  }
  const point = readPublicJwk(member(node, peer));
  if (point === undefined) return failure('ledger/key_invalid', `${peer} is no public P-256 key`);
  for (const agreement of agreements) {
    const key = await unwrapKey(wrapped, { peer: point, agreement });
    const opened = key === undefined ? undefined : await openContent(payload, { key, iv });
    const text = opened === undefined ? undefined : decodeUtf8(opened);
    if (text !== undefined) return success(text);
  }
  return failure('ledger/open_failed', 'not for these keys, or altered');
}

function base64In(node: JsonNode, key: string): Uint8Array | undefined {
  const value = member(node, key);
  if (value?.type !== 'string' || value.value === '') return undefined;
  return decodeBase64(value.value);
}
