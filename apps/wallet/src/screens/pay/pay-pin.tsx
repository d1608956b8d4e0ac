import { useSignal } from '@preact/signals';
import { readBrowserKeystore } from '@sikka/wallet/browser';
import { useApp } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { PAYER_STORE } from '../../vault/vault.ts';
import { usePin } from '../start/pin-pad.tsx';

interface PayPinProps {
  /** What is asked, where it is not to pay. */
  readonly ask?: string;
  /** A code where the PIN did not pay; nothing where the screen goes on by itself. */
  readonly onPin: (pin: string) => Promise<string | undefined>;
}

/**
 * The PIN of one payment, typed or given out by the phone's own sensor: its tries are counted with
 * those that unlock.
 */
export function PayPin({ ask, onPin }: PayPinProps) {
  const app = useApp();
  const { speech, fingerprint } = app;
  const wrong = useSignal<string | undefined>(undefined);
  const pin = usePin(async (typed) => {
    const code = await onPin(typed);
    wrong.value = code === undefined ? undefined : await sayWrong(app, code);
  });
  return (
    <>
      <Stack gap={3} grows="middle" center>
        {wrong.value === undefined ? (
          <Text strong>{ask ?? speech.text('pay.enterPinToPay')}</Text>
        ) : (
          <div role="alert">
            <Pill icon="alert" tone="warn">
              {wrong.value}
            </Pill>
          </div>
        )}
        {pin.dots}
      </Stack>
      {pin.keypad(
        fingerprint.state.value === 'on'
          ? {
              ...{ icon: 'fingerprint' as const, label: speech.text('pay.fingerprintToPay') },
              onPress: () => void pin.use(fingerprint.read),
            }
          : undefined,
      )}
    </>
  );
}

/** How many tries are left, or how long to wait: as it is said where one unlocks. */
async function sayWrong({ speech, now }: App, code: string): Promise<string> {
  if (code !== 'wallet/pin_wrong' && code !== 'wallet/pin_wait') return sentenceOf(speech, code);
  const standing = await readBrowserKeystore({ name: PAYER_STORE, clock: { now } });
  const { freeTries, waitSeconds } = standing;
  if (freeTries > 0) return speech.text('pay.triesLeft', { count: freeTries });
  if (waitSeconds > 0) return speech.text('pay.waitSeconds', { count: waitSeconds });
  return speech.text('pay.pinWrong');
}
