import { fromBase64url } from '@sikka/api/text';
import { equalBytes, proveIssued } from '@sikka/protocol';
import { MAX_BULLETIN_STEPS } from '../limits.ts';
import { refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { refusalOf } from './bank.ts';
import { readBulletin } from './bulletin.ts';
import type { Wallet } from './wallet.ts';
import { viewOf } from './view.ts';

/** The version this wallet now goes by; undefined before the bank's first. */
export type BulletinAnswer = Outcome<{ readonly version: number | undefined }>;

/**
 * Takes a bulletin from anywhere: the bank, or another phone. Signed by a known key and higher
 * than the highest seen, it is kept; the same again changes nothing.
 *
 * Refuses `wallet/bulletin_rollback` for a lower version, `malformed`, `issuer_unknown`,
 * `issuer_signature_invalid`, and `wallet/answer_invalid` for another one of the same version.
 */
export async function takeBulletin(wallet: Wallet, packet: Uint8Array): Promise<BulletinAnswer> {
  const found = readBulletin(packet);
  if (found === undefined) return refuse('malformed', 'not a bulletin');
  const { bulletin, bulletinId } = found;
  const { version } = bulletin.fields;
  const done = await wallet.journal.change<BulletinAnswer>(async (state) => {
    const { trust } = await viewOf(wallet, state);
    const proved = await proveIssued(bulletin, trust);
    if (!proved.ok) return refuse(proved.code, proved.detail);
    const seen = await wallet.bulletins.read();
    const highest = seen?.bulletin.fields.version ?? 0;
    if (version < highest) {
      return refuse('wallet/bulletin_rollback', `version ${version} after ${highest}`);
    }
    if (seen !== undefined && version === highest) {
      if (equalBytes(seen.bulletinId, bulletinId)) return { ok: true, version };
      return refuse('wallet/answer_invalid', `two bulletins of version ${version}`);
    }
    await wallet.bulletins.write(packet, wallet.clock.now());
    return { ok: true, version };
  });
  return done.ok ? done.value : done;
}

/**
 * Fetches the newest bulletin. Where its key is new, it walks the versions from the last one seen,
 * each signed by a key the one before has told of (spec/suites.md §3).
 */
export async function fetchBulletin(wallet: Wallet): Promise<BulletinAnswer> {
  const latest = await wallet.client.getLatestBulletin();
  if (!latest.ok) {
    const none = latest.problem.code === 'bulletin/not_found';
    return none ? { ok: true, version: undefined } : refusalOf(latest.problem);
  }
  const packet = fromBase64url(latest.value.packet) ?? new Uint8Array(0);
  const taken = await takeBulletin(wallet, packet);
  if (taken.ok || taken.code !== 'issuer_unknown') return taken;
  const walked = await walk(wallet, latest.value.version);
  return walked.ok ? takeBulletin(wallet, packet) : walked;
}

async function walk(wallet: Wallet, until: number): Promise<BulletinAnswer> {
  const seen = await wallet.bulletins.read();
  const first = (seen?.bulletin.fields.version ?? 0) + 1;
  for (let version = first; version < until; version++) {
    if (version - first >= MAX_BULLETIN_STEPS) break;
    const answer = await wallet.client.getBulletin({ params: { version } });
    if (!answer.ok) return refusalOf(answer.problem);
    const taken = await takeBulletin(
      wallet,
      fromBase64url(answer.value.packet) ?? new Uint8Array(),
    );
    if (!taken.ok) return taken;
  }
  return { ok: true, version: until };
}
