import { createBoundedCache } from '@sikka/protocol';
import type { Pool } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { AllowanceTerms } from '../facts.ts';
import { limits } from '../limits.ts';
import { lockAndReadFacts, readFacts } from './facts.ts';
import {
  finishUpload,
  lockInbox,
  receiveUpload,
  selectEvidence,
  selectRefusals,
  selectUpload,
} from './inbox.ts';
import { readKnown } from './known.ts';
import type { SettlementStore } from './port.ts';
import { postDecision } from './post.ts';

export type {
  DecidingStore,
  HeldItem,
  Hold,
  ItemRefusal,
  NewUpload,
  SettlementStore,
  StoredUpload,
  Upload,
} from './port.ts';

/** Settlement's store in PostgreSQL. Deadlocks and serialisation failures are tried again. */
export function createSettlementStore(pool: Pool): SettlementStore {
  const terms = createBoundedCache<AllowanceTerms>(limits.cachedAllowances);
  return {
    receive: (upload) => receiveUpload(pool, upload),
    readUpload: (id, held) => selectUpload(pool, id, held),
    readKnown: (question) => readKnown(pool, question, terms),
    readItemRefusals: (uploadId) => selectRefusals(pool, uploadId),
    readDecidedFacts: (question, known) => readFacts(pool, question, { known }),
    deciding: (uploadId, act) =>
      inTransaction(pool, async (tx) => {
        const at = await lockInbox(tx, uploadId);
        if (at === undefined) return undefined;
        const value = await act({
          at,
          readFacts: (question, known) => lockAndReadFacts(tx, question, { known, uploadId }),
          readEvidence: (places) => selectEvidence(tx, places),
          post: (posting) => postDecision(tx, posting),
        });
        return { value };
      }),
    finish: (uploadId, held) =>
      inTransaction(pool, async (tx) => {
        const at = await lockInbox(tx, uploadId);
        if (at !== undefined) await finishUpload(tx, uploadId, { held, at });
      }),
  };
}
