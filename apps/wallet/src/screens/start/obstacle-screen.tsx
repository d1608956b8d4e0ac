import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { sentenceOf } from '../../language/refusal.ts';

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
        />
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
