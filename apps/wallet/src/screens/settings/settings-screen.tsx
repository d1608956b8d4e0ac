import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import type { IconName } from '../../design/icon-paths.ts';
import { Remark } from '../../design/notice.tsx';
import { Row, Rows, Section } from '../../design/row.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { UserText, Words } from '../../design/words.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import type { PlaceName } from '../../navigation/places.ts';
import { Flash } from '../flash.tsx';
import { TitleBar } from '../title-bar.tsx';
import { Appearance } from './appearance.tsx';
import { Sounds } from './sounds.tsx';
import { useKept } from './use-kept.ts';
import { useProfile } from './use-profile.ts';

/** How the app is, and everything that is not done every day. */
export function SettingsScreen() {
  const { speech } = useApp();
  return (
    <Screen>
      <TitleBar title={speech.text('settings.title')} />
      <Body>
        <Stack gap={4}>
          <Person />
          <Section title={speech.text('settings.appearance')}>
            <Appearance />
          </Section>
          <Section title={speech.text('settings.sounds')}>
            <Sounds />
          </Section>
          <Section title={speech.text('settings.thisPhone')}>
            <ThisPhone />
          </Section>
          <Section title={speech.text('settings.about')}>
            <About />
          </Section>
        </Stack>
        <Space size={6} />
      </Body>
      <Flash />
    </Screen>
  );
}

function Person() {
  const { navigation } = useApp();
  const { profile } = useProfile();
  return (
    <Rows card>
      <Row
        icon="person"
        title={profile.name}
        detail={<UserText>{profile.email}</UserText>}
        onPress={() => {
          navigation.go('profile');
        }}
      />
    </Rows>
  );
}

const WAYS: readonly {
  readonly place: PlaceName;
  readonly icon: IconName;
  readonly key: MessageKey;
}[] = [
  { place: 'security', icon: 'shield', key: 'settings.security' },
  { place: 'devices', icon: 'phone', key: 'settings.devices' },
  { place: 'backup', icon: 'save', key: 'settings.backup' },
  { place: 'signOut', icon: 'leave', key: 'settings.signOut' },
];

function ThisPhone() {
  const { speech, navigation, lock } = useApp();
  return (
    <Rows>
      <Row
        icon="lock"
        title={<Words>{speech.text('settings.lockNow')}</Words>}
        onPress={lock}
        trailing={<span />}
      />
      {WAYS.map(({ place, icon, key }) => (
        <Row
          key={place}
          icon={icon}
          title={<Words>{speech.text(key)}</Words>}
          onPress={() => {
            navigation.go(place);
          }}
        />
      ))}
    </Rows>
  );
}

function About() {
  const { speech, install } = useApp();
  const kept = useKept();
  const state = install.state.value;
  return (
    <Stack gap={3}>
      {state === 'offered' ? (
        <Button icon="phone" onPress={() => void install.ask()}>
          {speech.text('start.putOnHomeDo')}
        </Button>
      ) : undefined}
      {state === 'by_hand' ? (
        <Remark icon="phone">{speech.text('settings.installByHand')}</Remark>
      ) : undefined}
      {kept.state === 'may_be_lost' ? (
        <Button icon="save" onPress={kept.ask}>
          {speech.text('settings.askToKeep')}
        </Button>
      ) : undefined}
      {kept.state === 'kept' ? (
        <Remark icon="check">{speech.text('settings.kept')}</Remark>
      ) : undefined}
      <Remark icon="info">{speech.text('settings.version', { version: __APP_VERSION__ })}</Remark>
      <Remark icon="file">{speech.text('settings.licences')}</Remark>
    </Stack>
  );
}
