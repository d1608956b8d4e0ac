import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { fetchProfile } from '../../account/profile.ts';
import { Button } from '../../design/button.tsx';
import { Checks, Numbered } from '../../design/facts.tsx';
import { Stack } from '../../design/layout.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Payee } from '../../design/payee.tsx';
import { Bar, Body, Foot, Head, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { PayPin } from '../pay/pay-pin.tsx';
import type { ScreenProps } from '../screen-table.ts';
import { useTask } from '../use-task.ts';

const UNVERIFIED = 'device/name_unverified';

/** Makes this phone a till, once and online: its own keys, under the name that the bank checked. */
export function SetUpScreen(_: ScreenProps) {
  const { profile } = useMoney();
  const step = useSignal<'about' | 'pin'>('about');
  const seen = useSignal({ name: profile.name, town: profile.town });
  const refused = useSignal<string | undefined>(undefined);
  const { name, town } = seen.value;
  if (town === null || refused.value === UNVERIFIED) {
    return (
      <Unverified
        onChecked={(checked) => {
          refused.value = undefined;
          seen.value = checked;
        }}
      />
    );
  }
  if (step.value === 'about') {
    return (
      <About name={name} town={town} refused={refused.value} onGo={() => (step.value = 'pin')} />
    );
  }
  return (
    <Pin
      onBack={() => (step.value = 'about')}
      onRefused={(code) => {
        refused.value = code;
        step.value = 'about';
      }}
    />
  );
}

interface AboutProps {
  readonly name: string;
  readonly town: string;
  readonly refused: string | undefined;
  readonly onGo: () => void;
}

function About({ name, town, refused, onGo }: AboutProps) {
  const { speech } = useApp();
  return (
    <Screen>
      <Head>
        <BackBar />
        <Payee name={name} town={town} by={speech.text('receive.nameCustomersSee')} />
      </Head>
      <Body>
        <Stack gap={4}>
          <Text size="lead">{speech.text('receive.setUpMore')}</Text>
          <Checks
            items={[
              speech.text('receive.setUpOffline'),
              speech.text('receive.setUpSettles'),
              speech.text('receive.setUpHelper'),
            ]}
          />
          {refused === undefined ? undefined : (
            <Notice icon="alert" tone="bad" urgent>
              {sentenceOf(speech, refused)}
            </Notice>
          )}
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="till" onPress={onGo}>
          {speech.text('receive.setUp')}
        </Button>
      </Foot>
    </Screen>
  );
}

function BackBar({ onBack }: { readonly onBack?: () => void }) {
  const { speech, navigation } = useApp();
  return (
    <Bar
      title={speech.text('receive.setUpTitle')}
      leading={{
        icon: 'back',
        label: speech.text('common.back'),
        onPress: onBack ?? navigation.back,
      }}
    />
  );
}

interface PinProps {
  readonly onBack: () => void;
  readonly onRefused: (code: string) => void;
}

/** Repeating it after a failure goes on where it ended: nothing is made twice. */
function Pin({ onBack, onRefused }: PinProps) {
  const { vault, navigation, speech, toast } = useApp();
  const money = useMoney();
  const setUp = async (pin: string): Promise<string | undefined> => {
    const added = await vault.addTill(pin);
    if (!added.ok) return added.code;
    const state = vault.state.value;
    if (state.kind !== 'open' || state.till === undefined) return 'wallet/store_failed';
    const started = await money.startTill(state.till);
    if (!started.ok && started.code !== 'wallet/already_enrolled') {
      onRefused(started.problem?.code ?? started.code);
      return undefined;
    }
    void money.sync.run();
    toast.value = speech.text('receive.setUpDone');
    navigation.replace('till');
    return undefined;
  };
  return (
    <Screen surface="ground">
      <BackBar onBack={onBack} />
      <Body place="pad">
        <PayPin ask={speech.text('receive.pinForTill')} onPin={setUp} />
      </Body>
    </Screen>
  );
}

interface UnverifiedProps {
  readonly onChecked: (checked: { readonly name: string; readonly town: string | null }) => void;
}

/** Customers are shown a name that the bank vouches for: without one there is no till. */
function Unverified({ onChecked }: UnverifiedProps) {
  const { speech, client, vault } = useApp();
  const task = useTask();
  const still = useSignal(false);
  const look = () =>
    task.run(async () => {
      const state = vault.state.value;
      if (state.kind !== 'open') return undefined;
      const answer = await fetchProfile(client, state.drawer);
      if (!answer.ok) return answer.problem.code;
      still.value = answer.profile.town === null;
      if (!still.value) onChecked(answer.profile);
      return undefined;
    });
  return (
    <Screen>
      <BackBar />
      <Body>
        <Empty
          icon="shield"
          title={speech.text('receive.unverifiedTitle')}
          text={speech.text('receive.unverifiedMore')}
        >
          <Numbered
            face={(digit) => speech.digits(digit)}
            items={[
              speech.text('receive.unverified1'),
              speech.text('receive.unverified2'),
              speech.text('receive.unverified3'),
            ]}
          />
        </Empty>
        {task.refused === undefined && !still.value ? undefined : (
          <Notice icon="alert" urgent>
            {task.refused === undefined
              ? speech.text('receive.unverifiedStill')
              : sentenceOf(speech, task.refused)}
          </Notice>
        )}
      </Body>
      <Foot>
        <Button kind="primary" icon="sync" busy={task.busy} onPress={() => void look()}>
          {speech.text('receive.lookAgain')}
        </Button>
      </Foot>
    </Screen>
  );
}
