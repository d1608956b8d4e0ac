/** What somebody at the bank looks at before it is decided. */
export type { NewReview, ReviewKind } from './store.ts';
export { nameReviewedUpload, openReview } from './store.ts';
