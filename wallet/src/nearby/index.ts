/** The door of a payment over a short link: what a phone and a till do, whatever the radio. */
export { payNearby, readNearbyRequest } from './payer-side.ts';
export type { NearbyLink, NearbyParts, NearbyPayment } from './payer-side.ts';
export { ATT_SUCCESS, drawTillName, NEARBY_UUIDS } from './service.ts';
export type { AttError, ReadPart } from './service.ts';
export { openTillSide } from './till-side.ts';
export type { ReadAnswer, ReadOptions, TillMoment, TillSide, TillSideParts } from './till-side.ts';
export { WalletError } from '../errors.ts';
