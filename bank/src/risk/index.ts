/** Risk: facts of an upload's items, one score with its reasons, rules as data (docs/risk.md). */
export type { RiskBatch, RiskItem } from './batch.ts';
export type { Facts } from './facts.ts';
export type { Assessment, Risk } from './risk.ts';
export type { NewReview, ReviewKind } from './reviews/index.ts';
export { nameReviewedUpload, openReview } from './reviews/index.ts';
export { createRisk, shippedWeights } from './risk.ts';
export { riskRoutes } from './routes.ts';
export type { Reason, RiskPolicy, Score } from './score.ts';
export { DEFAULT_RISK_POLICY } from './score.ts';
export type { KeptScore, ScoredItem } from './store/index.ts';
export { readScores } from './store/index.ts';
