/** Payments signed by a wallet's RSA key over JSON text (spec/wallet-key.md). */
export { ATTESTATION_FIELDS, readAttestation, verifyAttestation } from './attestation.ts';
export type { Attestation } from './attestation.ts';
export { keyPaymentId, SIX_FIELDS } from './fields.ts';
export type { KeyPaymentFields } from './fields.ts';
export { encodeWalletKeyItem, isWalletKeyItem, readSigned, readWalletKeyItem } from './item.ts';
export type { WalletKeyItem, WalletKeyItemCode } from './item.ts';
export { walletKeyPossessionBytes } from './possession.ts';
export { proveWalletKey } from './prove.ts';
export { checkReceipt, receiptOf } from './receipt.ts';
export type { CheckedReceipt } from './receipt.ts';
export { readSpki, walletKeyOf } from './spki.ts';
export type { WalletKey } from './spki.ts';
export { signedTexts } from './texts.ts';
export type { Covered, SignedText } from './texts.ts';
export type { VerifiedKeyPayment } from './verified.ts';
