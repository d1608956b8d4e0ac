export { unwrapKey, webCryptoAgreement, wrapKey } from './key-wrap.ts';
export type { KeyAgreement } from './key-wrap.ts';
export { openContent, sealContent } from './content.ts';
export { generateEcdhKeyPair, importEcdhPrivateKey } from './keys.ts';
export type { EcdhKeyPair } from './keys.ts';
export { decodeSealed, encodeSealed, open, seal, sealedOf } from './seal.ts';
export type { OpeningKey, SealTo } from './seal.ts';
