import { p256 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { equalBytes, provePayeePacket, provePayment, sha256, signedBytes } from '../src/index.ts';
import type { DocumentType, Signed, Signer } from '../src/index.ts';
import { nodeVerifier } from '../src/node.ts';
import { rawPacket } from './cases/raw.ts';
import { signerOf } from './support/keys.ts';
import * as scenery from './support/scene.ts';

/**
 * 07a, as it is really done. An ECDSA signature (r, s) over given bytes verifies under two keys:
 * one for each point with the x-coordinate r. The thief needs no private key to compute the other
 * one, and has it put into a bank's record.
 */

const verifier = nodeVerifier();
const scene = scenery.createScene();
const { issuers } = scene;

/** The other key under which these bytes and this signature verify. */
function otherKeyFor(message: Uint8Array, signature: Uint8Array, signer: Signer): Uint8Array {
  const compact = p256.Signature.fromBytes(signature, 'compact');
  const keys = [0, 1].map((bit) =>
    compact.addRecoveryBit(bit).recoverPublicKey(sha256(message)).toBytes(true),
  );
  const other = keys.find((key) => !equalBytes(key, signer.publicKey));
  if (other === undefined) throw new Error('both points gave the same key');
  return other;
}

/** The thief, who has the key's record and never had its private half. */
async function thiefOf(
  { payload, signature, suite, fields }: Signed,
  parentId: Uint8Array,
  signer: Signer,
): Promise<Signer> {
  const type: DocumentType = fields.type;
  const message = signedBytes({ type, suite, parentId }, payload);
  const publicKey = otherKeyFor(message, signature, signer);
  // Otherwise nothing below is an attack.
  expect(await verifier.verify(suite, publicKey, message, signature)).toBe(true);
  return { ...signerOf('ES256', 'thief'), publicKey };
}

describe('07a another key is made under which somebody’s signature verifies', () => {
  it('and his payment does not become the thief’s, nor the thief’s debt his', async () => {
    const under = await scenery.allowance(scene);
    const paid = await scenery.payment(scene, under);
    const thief = await thiefOf(paid, scenery.idOf(under), scene.payer);
    // All else in the allowance is the same: only the key differs.
    const enrolled = await scenery.allowance({ ...scene, payer: thief });
    const trust = { issuers, verifier };
    expect(await provePayment(rawPacket(2, under, paid), trust)).toMatchObject({ ok: true });
    expect(await provePayment(rawPacket(2, enrolled, paid), trust)).toMatchObject({
      ok: false,
      code: 'payer_signature_invalid',
    });
  });

  it('and the receipt a payee signed does not become another till’s', async () => {
    const by = await scenery.credential(scene);
    const receipt = await scenery.receipt(scene, by);
    const thief = await thiefOf(receipt, scenery.idOf(by), scene.payee);
    const enrolled = await scenery.credential({ ...scene, payee: thief });
    const trust = { issuers, verifier };
    expect(await provePayeePacket(rawPacket(4, by, receipt), trust)).toMatchObject({ ok: true });
    expect(await provePayeePacket(rawPacket(4, enrolled, receipt), trust)).toMatchObject({
      ok: false,
      code: 'payee_signature_invalid',
    });
  });
});
