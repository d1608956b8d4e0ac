import type { ProblemCode } from '@sikka/api';
import { openBundle, proveBundle } from '@sikka/protocol';
import type { BundleFailure, OpenedBundle, SignedBundle, Verifier } from '@sikka/protocol';
import type { Till } from '../../devices/index.ts';
import { KeysError } from '../../keys/index.ts';
import type { BundleKeys, SealingOpeners } from '../../keys/index.ts';

export interface OpeningDeps {
  readonly verifier: Verifier;
  readonly bundleKeys: BundleKeys;
  readonly sealingOpeners: SealingOpeners;
}

/** What a push says outside: nothing of it is signed but the payload. */
export interface PushBody {
  readonly device_id: string;
  readonly bundle_id: string;
  readonly encrypted_payload: string;
  readonly signature: string;
}

/** A push that leaves no row: whoever has seen it may have sent it. */
export interface NotTaken {
  readonly ok: false;
  readonly code: ProblemCode;
  readonly detail: string;
  /** As the audit event says it: spec/device-bundle.md §6, or ours. */
  readonly why: string;
}

export async function proveBody(
  { verifier }: OpeningDeps,
  { encrypted_payload: encryptedPayload, signature }: PushBody,
  till: Till,
): Promise<{ readonly ok: true; readonly value: SignedBundle } | NotTaken> {
  const proved = await proveBundle({ encryptedPayload, signature }, till.key, verifier);
  return proved.ok ? proved : notTaken(proved);
}

/** Opens what the till has signed, and reads all of it. */
export async function openSigned(
  { bundleKeys, sealingOpeners }: OpeningDeps,
  signed: SignedBundle,
  named: { readonly bundleId: string; readonly deviceId: string; readonly now: Date },
): Promise<{ readonly ok: true; readonly value: OpenedBundle } | NotTaken> {
  try {
    const agreements = await sealingOpeners.agreements(named.now);
    const opened = await openBundle(signed, named, {
      agreements,
      unwrap: async (wrapped) => {
        const key = await bundleKeys.unwrapBundleKey(wrapped);
        return key.ok ? key.key : undefined;
      },
    });
    return opened.ok ? opened : notTaken(opened);
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    const detail = 'The bank’s key vault does not answer now. Push the same bundle again.';
    return { ok: false, code: 'server/unavailable', detail, why: error.code };
  }
}

function notTaken({ code: why, detail, transaction }: BundleFailure): NotTaken {
  const where = transaction === undefined ? '' : `Transaction ${transaction}: `;
  return { ok: false, code: problemOf(why), detail: `${where}${detail}.`, why };
}

function problemOf(code: BundleFailure['code']): ProblemCode {
  switch (code) {
    case 'bundle/signature_invalid':
      return 'bundle/signature_invalid';
    case 'bundle/too_large':
      return 'request/too_large';
    case 'bundle/malformed':
    case 'bundle/unwrap_failed':
    case 'bundle/open_failed':
    case 'bundle/id_mismatch':
    case 'bundle/device_mismatch':
      return 'bundle/unreadable';
    default:
      return 'bundle/invalid';
  }
}
