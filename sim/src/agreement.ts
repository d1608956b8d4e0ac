import { createECDH } from 'node:crypto';
import type { KeyAgreement } from '@sikka/protocol';
import type { PointPair } from './keys.ts';

/** A key agreement key in this process. */
export function agreementBy({ scalar, publicKey }: PointPair): KeyAgreement {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(scalar);
  return { publicKey, deriveSecret: async (peer) => new Uint8Array(pair.computeSecret(peer)) };
}
