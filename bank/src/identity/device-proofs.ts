import { createHash } from 'node:crypto';
import { fromBase64url } from '@sikka/api';
import type { Suite, Verifier } from '@sikka/protocol';
import type { Db } from '../db/index.ts';

/** As it is on the wire: which enrolled key, and its signature, both base64url. */
export interface DeviceProof {
  readonly keyHash: string;
  readonly signature: string;
}

export interface ProvingDevice {
  readonly no: bigint;
  readonly accountId: bigint;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly active: boolean;
}

/** An enrolled device by the hash of its key; comes from the domain that enrols them. */
export type FindDevice = (db: Db, keyHash: Uint8Array) => Promise<ProvingDevice | undefined>;

export interface DeviceProofs {
  /** The number of the account's own device whose key has signed this; undefined otherwise. */
  check(
    db: Db,
    asked: {
      readonly accountId: bigint;
      readonly purpose: 'confirm' | 'refresh';
      /** The challenge's id, or the refresh token. */
      readonly bound: Uint8Array;
      readonly proof: DeviceProof;
    },
  ): Promise<bigint | undefined>;
}

export function createDeviceProofs(deps: {
  readonly findDevice: FindDevice;
  readonly verifier: Verifier;
}): DeviceProofs {
  return {
    async check(db, { accountId, purpose, bound, proof }) {
      const keyHash = fromBase64url(proof.keyHash);
      const signature = fromBase64url(proof.signature);
      if (keyHash?.length !== 32 || signature === undefined) return undefined;
      const device = await deps.findDevice(db, keyHash);
      if (device?.accountId !== accountId || !device.active) return undefined;
      const message = sessionMessage(purpose, bound);
      const { suite, publicKey } = device;
      const holds = await deps.verifier.verify(suite, publicKey, message, signature);
      return holds ? device.no : undefined;
    },
  };
}

/**
 * What a device signs to open or renew a session:
 * `sikka/session/v1` ‖ 0x00 ‖ purpose ‖ 0x00 ‖ SHA-256(challenge id or refresh token).
 */
export function sessionMessage(purpose: 'confirm' | 'refresh', bound: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(bound).digest();
  return Buffer.concat([Buffer.from(`sikka/session/v1\0${purpose}\0`, 'utf8'), digest]);
}
