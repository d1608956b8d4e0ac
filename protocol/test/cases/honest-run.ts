import type { Allowance, Payment, Signed } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import type { Scene } from '../support/scene.ts';

export const EACH = 30_000n;

/** Payments 1, 2, 3 … of 300.00 each, as an honest journal has them. */
export async function honestRun(
  scene: Scene,
  under: Signed<Allowance>,
  length: number,
): Promise<Signed<Payment>[]> {
  const parentId = scenery.idOf(under);
  const run: Signed<Payment>[] = [];
  let previous = parentId;
  for (let sequence = 1; sequence <= length; sequence++) {
    const paid = await scenery.payment(scene, under, {
      sequence,
      amountMinor: EACH,
      spentMinor: EACH * BigInt(sequence),
      previous,
      salt: bytesOf(`salt ${sequence}`, 16),
    });
    previous = scenery.idOf(paid, parentId);
    run.push(paid);
  }
  return run;
}
