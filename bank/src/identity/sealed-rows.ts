import type { SealedRows } from '../keys/index.ts';
import { contextOf } from './personal-data.ts';
import { SEALED_PERSON_KEYS } from './store/people.ts';

/** The key of each person; what it seals in turn stays as it is. */
export const sealedPersonKeys: SealedRows = {
  ...{ name: 'keys of people', table: 'person_keys', statements: SEALED_PERSON_KEYS },
  contextOf: ({ key }) => contextOf(key as bigint),
};
