import type { Checkpoint as WireCheckpoint } from '@sikka/api';
import { LIMITS, toBase64url } from '@sikka/api';
import { hex, logId } from '@sikka/protocol';
import { checkpointsFrom, consistencyPath, latestCheckpoint } from '../audit/index.ts';
import type { Checkpoint } from '../audit/index.ts';
import type { Handlers } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import { wireIssuerKey } from '../flows/index.ts';
import type { IssuerKeys } from '../keys/index.ts';

type VerificationRoutes =
  'getIssuerKeys' | 'getLatestCheckpoint' | 'listCheckpoints' | 'getConsistency';

/** What anybody may have, to check the bank by (spec/log.md). */
export function verificationRoutes(deps: {
  readonly pool: Pool;
  readonly bank: string;
  readonly issuerKeys: IssuerKeys;
}): Handlers<VerificationRoutes> {
  const { pool, bank } = deps;
  return {
    getIssuerKeys: async () => {
      const keys = (await deps.issuerKeys.list()).map(wireIssuerKey);
      return { ok: true, status: 200, value: { bank, log_id: hex(logId(bank)), keys } };
    },
    getLatestCheckpoint: async () => {
      const last = await latestCheckpoint(pool);
      if (last === undefined) {
        const detail = 'Nothing has been logged yet, so nothing has been signed.';
        return { ok: false, code: 'log/not_found', detail };
      }
      return { ok: true, status: 200, value: wireCheckpoint(last) };
    },
    listCheckpoints: async ({ query }) => {
      const from = Math.max(1, Number(query.from ?? 1));
      const most = Number(query.limit ?? LIMITS.pageRows);
      // One more than shown says whether there is a next page.
      const found = await checkpointsFrom(pool, { from, limit: most + 1 });
      const shown = found.slice(0, most);
      const next = found[most];
      const value = {
        checkpoints: shown.map(wireCheckpoint),
        ...(next === undefined ? {} : { next: next.no }),
      };
      return { ok: true, status: 200, value };
    },
    getConsistency: async ({ query }) => {
      const [first, second] = [Number(query.first), Number(query.second)];
      const answer = await consistencyPath(pool, { first, second });
      if (!answer.ok) {
        const detail = 'The first size is not 1 to the second, or the log is shorter than that.';
        return { ok: false, code: 'log/range_invalid', detail };
      }
      return { ok: true, status: 200, value: { first, second, path: answer.path.map(hex) } };
    },
  };
}

function wireCheckpoint(checkpoint: Checkpoint): WireCheckpoint {
  const { no, id, logSize, logRoot, auditSize, auditHead, at, packet } = checkpoint;
  return {
    number: no,
    id: hex(id),
    log_size: logSize,
    log_root: hex(logRoot),
    audit_size: auditSize,
    audit_head: hex(auditHead),
    at: at.toISOString(),
    packet: toBase64url(packet),
  };
}
