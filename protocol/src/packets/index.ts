export type * from './types.ts';
export { decodePacket, decodePacketOfKind, decodePayment } from './decode.ts';
export { encodePacket } from './encode.ts';
export { PACKET_KINDS } from './kinds.ts';
export { parseQr } from './parse-qr.ts';
export type { ParsedQr } from './parse-qr.ts';
