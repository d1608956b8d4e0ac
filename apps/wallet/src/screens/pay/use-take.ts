import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { Incoming } from '@sikka/wallet/payer';
import { useApp, useMoney } from '../../app-context.ts';
import { flowOf, placeToGive } from './payment-flow.ts';
import type { Nearby } from './payment-flow.ts';
import { takeScanned } from './take-scanned.ts';

/** A code that must not be paid. */
export interface Refused {
  readonly code: string;
}

/** Goes where a code leads, however it came here; a sentence where it leads nowhere. */
export function useTake(): {
  readonly refused: Signal<Refused | undefined>;
  /** `nearby`: the till that gave it over Bluetooth. */
  take(given: Incoming, nearby?: Nearby): Promise<string | undefined>;
} {
  const { speech, navigation, toast, feel } = useApp();
  const money = useMoney();
  const refused = useSignal<Refused | undefined>(undefined);
  return {
    refused,
    async take(given, nearby) {
      flowOf(money).nearby.value = nearby;
      const scanned = await takeScanned(money.payer, given);
      switch (scanned.kind) {
        case 'asked': {
          const { asked } = scanned;
          flowOf(money).draft.value = { given, asked, amountMinor: asked.amountMinor };
          navigation.replace(asked.amountMinor === undefined ? 'payAmount' : 'payConfirm');
          return undefined;
        }
        case 'paid':
          toast.value = speech.text('pay.alreadyPaid');
          navigation.replace(placeToGive(money), scanned.paymentId);
          return undefined;
        case 'receipt':
          await money.changed();
          feel('receipt');
          navigation.replace('paySuccess', scanned.paymentId);
          return undefined;
        case 'number':
          flowOf(money).number.value = scanned.wallet;
          navigation.replace('tillNumber');
          return undefined;
        case 'foreign':
          return speech.text('pay.notACode');
        case 'nothing_to_pay':
          return speech.text('pay.notToPay');
        case 'refused':
          refused.value = { code: scanned.code };
          return undefined;
      }
    },
  };
}
