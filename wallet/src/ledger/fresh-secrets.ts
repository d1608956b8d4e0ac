import type { EnvelopeSecrets } from '@sikka/protocol';

/** Random bytes for one envelope, by the platform. */
export function freshSecrets(): EnvelopeSecrets {
  return { contentKey: random(32), iv: random(12), wrapIv: random(12) };
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
