import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Sheet } from '../../design/sheet.tsx';
import { Switch } from '../../design/switch.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { Stack } from '../../design/layout.tsx';
import { Text } from '../../design/text.tsx';
import { usePin } from '../start/pin-pad.tsx';
import { useHeldBack } from '../use-held-back.ts';

/** The phone's sensor in place of the PIN: on after the PIN, off at once; honest where there is none. */
export function FingerprintSetting() {
  const { speech, fingerprint } = useApp();
  const asks = useSignal(false);
  const failed = useSignal(false);
  const state = fingerprint.state.value;
  const detail = failed.value
    ? 'settings.sensorRefused'
    : state === 'none'
      ? 'settings.sensorNone'
      : 'settings.sensorMore';
  return (
    <>
      <Switch
        label={speech.text('settings.sensor')}
        detail={speech.text(detail)}
        on={state === 'on'}
        disabled={state === 'none' || state === 'reading'}
        onChange={(on) => {
          failed.value = false;
          if (on) asks.value = true;
          else void fingerprint.remove();
        }}
      />
      {asks.value ? (
        <SetUpSheet
          onClose={(done) => {
            asks.value = false;
            failed.value = done === false;
          }}
        />
      ) : undefined}
    </>
  );
}

/** `undefined`: given up. */
function SetUpSheet({ onClose }: { readonly onClose: (done?: boolean) => void }) {
  const { speech, vault, fingerprint } = useApp();
  const refused = useSignal<string | undefined>(undefined);
  const close = () => {
    onClose();
  };
  useHeldBack(close);
  const pin = usePin(async (typed) => {
    const { value } = vault.state;
    if (value.kind !== 'open') return;
    const refusal = await value.payer.authorise(typed);
    if (refusal === undefined) onClose(await fingerprint.setUp(typed));
    else refused.value = sentenceOf(speech, refusal.code);
  });
  return (
    <Sheet
      title={speech.text('start.enterPin')}
      onClose={close}
      back={speech.text('common.cancel')}
    >
      <Stack gap={3} center>
        <Text tone={refused.value === undefined ? 'quiet' : 'bad'} center>
          {refused.value ?? speech.text('settings.sensorAsks')}
        </Text>
        {pin.dots}
        {pin.keypad()}
      </Stack>
    </Sheet>
  );
}
