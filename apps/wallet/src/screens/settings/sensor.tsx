import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Switch } from '../../design/switch.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { PinScreen } from './pin-screen.tsx';

interface SensorSwitchProps {
  /** It was to be set up, and the phone or the person refused. */
  readonly failed: boolean;
  readonly onSetUp: () => void;
}

/** The phone's sensor in place of the PIN: off at once; honest where there is none. */
export function SensorSwitch({ failed, onSetUp }: SensorSwitchProps) {
  const { speech, fingerprint } = useApp();
  const state = fingerprint.state.value;
  const detail = failed
    ? 'settings.sensorRefused'
    : state === 'none'
      ? 'settings.sensorNone'
      : 'settings.sensorMore';
  return (
    <Switch
      label={speech.text('settings.sensor')}
      detail={speech.text(detail)}
      on={state === 'on'}
      disabled={state === 'none' || state === 'reading'}
      onChange={(on) => {
        if (on) onSetUp();
        else void fingerprint.remove();
      }}
    />
  );
}

interface SetUpSensorProps {
  readonly onBack: () => void;
  /** Whether the sensor gives the PIN from now on. */
  readonly onDone: (worked: boolean) => void;
}

/** The PIN first: whoever only holds the open phone gets no second way in. */
export function SetUpSensor({ onBack, onDone }: SetUpSensorProps) {
  const { speech, vault, fingerprint } = useApp();
  const refused = useSignal<string | undefined>(undefined);
  const setUp = async (typed: string) => {
    const { value } = vault.state;
    if (value.kind !== 'open') return;
    const refusal = await value.payer.authorise(typed);
    if (refusal === undefined) onDone(await fingerprint.setUp(typed));
    else refused.value = sentenceOf(speech, refusal.code);
  };
  return (
    <PinScreen
      title={speech.text('start.enterPin')}
      more={speech.text('settings.sensorAsks')}
      refused={refused.value}
      onPin={setUp}
      onBack={onBack}
    />
  );
}
