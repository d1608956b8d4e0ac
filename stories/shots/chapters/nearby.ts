import { serveTill } from '@sikka/cli/till';
import type { Payee } from '@sikka/wallet/payee';
import { openEmulatedRadio } from '../../browser/app/support/bluetooth.ts';
import { words } from '../hands.ts';
import type { Stage } from '../stage.ts';

const AMOUNT_MINOR = 18_000n;

const random = {
  randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};

/** A till over Bluetooth, which says no first, and only when its picture was taken. */
export async function payNearby({ ayesha, rival }: Stage): Promise<void> {
  const { page } = ayesha;
  const radio = await openEmulatedRadio(page);
  await ayesha.visit('/scan/nearby', words(ayesha, 'pay.nearbyMore'));
  await ayesha.shoot('pay/nearby');
  await ayesha.press('pay.nearbyLook');
  await ayesha.shoot('pay/nearby-off', words(ayesha, 'pay.bluetoothOff'));
  await radio.switchOn();
  const [opened, seen] = [moment(), moment()];
  let judges: Payee['accept'] = async () => {
    await seen.came;
    return { ok: false, verdict: 'refused', code: 'wrong_payee', detail: 'as another till says' };
  };
  const paid = serveTill({
    ...{ radio, random, amountMinor: AMOUNT_MINOR },
    payee: {
      createRequest: (asked) => rival.payee.createRequest(asked),
      accept: (payment) => judges(payment),
    },
    told: ({ kind }) => {
      if (kind === 'open') opened.come();
    },
  });
  // Where it is not waited for any more, because something else went wrong, nobody has to hear it.
  paid.catch(() => undefined);
  await Promise.race([opened.came, paid]);
  await radio.chooseNext();
  await ayesha.press('pay.nearbyLook');
  await ayesha.see('.payee-name');
  await ayesha.pin();
  await ayesha.shoot('pay/handing-over', words(ayesha, 'pay.handingOver'));
  seen.come();
  await ayesha.shoot('pay/not-handed-over', words(ayesha, 'pay.notHandedOver'));
  judges = (payment) => rival.payee.accept(payment);
  await ayesha.press('common.tryAgain');
  await ayesha.see(words(ayesha, 'pay.theyHaveIt'));
  await paid;
  await ayesha.press('common.done');
  await ayesha.see('.dock');
}

function moment() {
  let come = (): void => undefined;
  const came = new Promise<void>((resolve) => (come = resolve));
  return { came, come };
}
