import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import type { IconName } from '../../design/icon-paths.ts';
import { Stack } from '../../design/layout.tsx';
import { Notice, Remark } from '../../design/notice.tsx';
import { Row, Rows } from '../../design/row.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { Words } from '../../design/words.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import { Flash } from '../flash.tsx';
import { TitleBar } from '../title-bar.tsx';
import { ChangeEmail } from './change-email.tsx';
import { ChangeText } from './change-text.tsx';
import { useProfile } from './use-profile.ts';

type Part = 'name' | 'phone' | 'email';

const LABELS = {
  name: 'start.name',
  email: 'start.email',
  phone: 'settings.phoneNumber',
} as const satisfies Readonly<Record<Part, MessageKey>>;

/** Who the bank takes this person for; every part can be changed. */
export function ProfileScreen() {
  const { speech, toast } = useApp();
  const { profile, refresh } = useProfile();
  const part = useSignal<Part | undefined>(undefined);
  const back = () => (part.value = undefined);
  const done = async () => {
    await refresh();
    toast.value = speech.text('settings.changed');
    back();
  };
  switch (part.value) {
    case 'name':
    case 'phone': {
      const value = part.value === 'name' ? profile.name : (profile.phone ?? '');
      return <ChangeText part={part.value} value={value} onDone={done} onBack={back} />;
    }
    case 'email':
      return <ChangeEmail onDone={done} onBack={back} />;
    case undefined:
  }
  const row = (name: Part, icon: IconName, title: string | null) => (
    <Row
      key={name}
      icon={icon}
      title={title ?? <Words>{speech.text('settings.notGiven')}</Words>}
      detail={speech.text(LABELS[name])}
      onPress={() => (part.value = name)}
    />
  );
  return (
    <Screen>
      <TitleBar title={speech.text('settings.profile')} />
      <Body>
        <Stack gap={4}>
          <Rows card>
            {row('name', 'person', profile.name)}
            {row('email', 'mail', profile.email)}
            {row('phone', 'phone', profile.phone)}
          </Rows>
          <Verified town={profile.town} />
          <Button kind="small" icon="sync" onPress={() => void refresh()}>
            {speech.text('settings.askBank')}
          </Button>
        </Stack>
      </Body>
      <Flash />
    </Screen>
  );
}

/** What "bank name checked" means for this person. */
function Verified({ town }: { readonly town: string | null }) {
  const { speech } = useApp();
  if (town === null) return <Notice icon="shield">{speech.text('settings.nameNotChecked')}</Notice>;
  return <Remark icon="shield">{speech.text('settings.nameChecked', { town })}</Remark>;
}
