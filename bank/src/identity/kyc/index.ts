/** People of sealed ledgers: registered by an open route, approved by the bank's staff. */
export type { KycPerson, KycRole, KycStatus, KycUser } from './people.ts';
export { createKyc } from './people.ts';
export type { Kyc } from './people.ts';
export { sealedKycUsers } from './sealed-rows.ts';
