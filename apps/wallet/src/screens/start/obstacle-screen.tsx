import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { readRoom } from '../../platform/persistence.ts';

/** The vault is open and its journals are not: why, and what can be done. */
export function ObstacleScreen() {
  const app = useApp();
  const { speech, navigation, obstacle } = app;
  const code = obstacle.value ?? 'app/unknown';
  const signedOut = app.session.state.value !== 'signed-in';
  return (
    <Screen>
      <Body place="middle">
        <Empty
          icon="offline"
          title={speech.text('start.notOpened')}
          text={sentenceOf(speech, code)}
        >
          {code === 'wallet/store_failed' ? <Room /> : undefined}
        </Empty>
      </Body>
      <Foot>
        <Button kind="primary" onPress={() => void app.openMoney()}>
          {speech.text('common.tryAgain')}
        </Button>
        {signedOut ? (
          <Button
            kind="second"
            onPress={() => {
              navigation.go('signIn');
            }}
          >
            {speech.text('start.signIn')}
          </Button>
        ) : undefined}
      </Foot>
    </Screen>
  );
}

const MEGABYTE = 1_000_000;

/** How much room the phone gives: what is in the way is beside this app. */
function Room() {
  const { speech } = useApp();
  const room = useSignal<{ used: number; most: number } | undefined>(undefined);
  useEffect(() => {
    void readRoom().then((read) => (room.value = read));
  }, [room]);
  if (room.value === undefined) return undefined;
  const [used, most] = [room.value.used, room.value.most].map((bytes) =>
    Math.ceil(bytes / MEGABYTE),
  );
  return (
    <Text size="small" tone="quiet" center>
      {speech.text('phone.roomLeft', { used: used ?? 0, most: most ?? 0 })}
    </Text>
  );
}
