export type { EmvAlternate, EmvClaim, EmvSikka } from './claim.ts';
export { SIKKA_IDENTIFIER } from './claim.ts';
export { crc16 } from './crc16.ts';
export { emvAmountMinor, readEmvQr } from './read.ts';
export { readRaastP2p } from './raast-p2p.ts';
export type { RaastP2pClaim } from './raast-p2p.ts';
export type { EmvField } from './tlv.ts';
export { writeEmvQr } from './write.ts';
export type { EmvFields } from './write.ts';
