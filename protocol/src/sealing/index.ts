export { generateEcdhKeyPair } from './keys.ts';
export type { EcdhKeyPair } from './keys.ts';
export { decodeSealed, encodeSealed, open, seal, sealedOf } from './seal.ts';
export type { OpeningKey, SealTo } from './seal.ts';
