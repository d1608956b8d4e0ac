import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Brand } from '../../design/coin.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice, Remark } from '../../design/notice.tsx';
import { Body, Foot, HomeBar, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';

/** What this is, and the two ways in. */
export function WelcomeScreen() {
  const { speech, navigation, eviction } = useApp();
  return (
    <Screen surface="ground">
      <HomeBar>
        <Brand name={speech.text('common.appName')} />
      </HomeBar>
      <Body place="middle">
        <Stack gap={4}>
          {eviction.wasHere() ? (
            <Notice icon="alert" tone="warn">
              {speech.text('phone.gone')}
            </Notice>
          ) : undefined}
          <Title>{speech.text('start.welcome')}</Title>
          <Text size="lead" tone="quiet">
            {speech.text('start.welcomeMore')}
          </Text>
          <Remark icon="shield">{speech.text('start.promiseBank')}</Remark>
          <Remark icon="lock">{speech.text('start.promisePhone')}</Remark>
        </Stack>
      </Body>
      <Foot>
        <Button
          kind="primary"
          onPress={() => {
            navigation.go('signUp');
          }}
        >
          {speech.text('start.openAccount')}
        </Button>
        <Button
          kind="text"
          onPress={() => {
            navigation.go('signIn');
          }}
        >
          {speech.text('start.haveAccount')}
        </Button>
      </Foot>
    </Screen>
  );
}
