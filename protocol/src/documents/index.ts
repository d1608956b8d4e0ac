export type * from './types.ts';
export { decodePayload, DOCUMENT_VERSION, encodePayload } from './payload.ts';
export { DOCUMENT_TYPES } from './shapes.ts';
export { documentId, signedBytes } from './signed-bytes.ts';
export type { SigningContext } from './signed-bytes.ts';
export { signDocument, verifyDocument } from './sign.ts';
export type { SigningKey } from './sign.ts';
export { fromCoseSign1, toCoseSign1 } from './cose-sign1.ts';
