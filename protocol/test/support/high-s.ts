import type { Signer } from '../../src/index.ts';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The same key, giving the twin (r, n − s) of each signature: as older software may. */
export function highS(signer: Signer): Signer {
  return { ...signer, sign: async (message) => twinOf(await signer.sign(message)) };
}

function twinOf(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  const twin = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  return Uint8Array.of(...signature.subarray(0, 32), ...twin);
}
