import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Chips } from '../../design/choice.tsx';
import type { IconName } from '../../design/icon-paths.ts';
import { Stack } from '../../design/layout.tsx';
import { Row, Rows, Section } from '../../design/row.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { Words } from '../../design/words.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import { Flash } from '../flash.tsx';
import { TitleBar } from '../title-bar.tsx';
import { ChangePassword } from './change-password.tsx';
import { ChangePin } from './change-pin.tsx';
import { Passkeys } from './passkeys.tsx';
import { SensorSwitch, SetUpSensor } from './sensor.tsx';
import { Sessions } from './sessions.tsx';

const PARTS = {
  password: { icon: 'key', title: 'settings.changePassword', Screen: ChangePassword },
  sessions: { icon: 'globe', title: 'settings.sessions', Screen: Sessions },
  passkeys: { icon: 'fingerprint', title: 'settings.passkeys', Screen: Passkeys },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly icon: IconName;
      readonly title: MessageKey;
      readonly Screen: (props: { readonly onBack: () => void }) => unknown;
    }
  >
>;
type Part = keyof typeof PARTS | 'pin' | 'sensor';

/** What opens this phone's money, and what opens the account at the bank. */
export function SecurityScreen() {
  const { speech } = useApp();
  const part = useSignal<Part | undefined>(undefined);
  const sensorFailed = useSignal(false);
  const back = () => (part.value = undefined);
  if (part.value === 'sensor') {
    const done = (worked: boolean) => {
      sensorFailed.value = !worked;
      back();
    };
    return <SetUpSensor onBack={back} onDone={done} />;
  }
  if (part.value === 'pin') return <ChangePin onBack={back} />;
  if (part.value !== undefined) {
    const { Screen: PartScreen } = PARTS[part.value];
    return <PartScreen onBack={back} />;
  }
  const row = (name: Part, icon: IconName, title: MessageKey) => (
    <Row
      key={name}
      icon={icon}
      title={<Words>{speech.text(title)}</Words>}
      onPress={() => (part.value = name)}
    />
  );
  return (
    <Screen>
      <TitleBar title={speech.text('settings.security')} />
      <Body>
        <Stack gap={4}>
          <Section title={speech.text('settings.thisPhone')}>
            <Rows>{row('pin', 'lock', 'settings.changePin')}</Rows>
            <SensorSwitch failed={sensorFailed.value} onSetUp={() => (part.value = 'sensor')} />
          </Section>
          <Section title={speech.text('settings.lockAfter')}>
            <LockAfter />
          </Section>
          <Section title={speech.text('settings.atTheBank')}>
            <Rows>
              {(['password', 'sessions', 'passkeys'] as const).map((name) =>
                row(name, PARTS[name].icon, PARTS[name].title),
              )}
            </Rows>
          </Section>
        </Stack>
      </Body>
      <Flash />
    </Screen>
  );
}

function LockAfter() {
  const { speech, settings } = useApp();
  return (
    <Chips
      wraps
      label={speech.text('settings.lockAfter')}
      options={[
        { value: '0', title: speech.text('settings.atOnce') },
        { value: '2', title: speech.text('settings.minutes', { count: 2 }) },
        { value: '10', title: speech.text('settings.minutes', { count: 10 }) },
      ]}
      value={settings.lockAfter.value}
      onChange={(chosen) => (settings.lockAfter.value = chosen)}
    />
  );
}
