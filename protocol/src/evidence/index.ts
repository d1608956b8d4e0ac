export { buildProof, verifyProof } from './proof.ts';
export type { Accused, VerifiedProof } from './proof.ts';
export { verifySettlement } from './settlement.ts';
