import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Brand } from '../../design/coin.tsx';
import { Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Body, HomeBar, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { usePin } from './pin-pad.tsx';

/** The PIN before anything: tries are counted by the keystore, which also makes one wait. */
export function UnlockScreen() {
  const { speech, vault } = useApp();
  const refused = useSignal<string | undefined>(undefined);
  const pin = usePin(async (typed) => {
    const answer = await vault.unlock(typed);
    refused.value = answer.ok ? undefined : answer.code;
  });
  const state = vault.state.value;
  const standing = 'standing' in state ? state.standing : undefined;
  const wrong = refused.value === 'wallet/pin_wrong';
  return (
    <Screen surface="ground">
      <HomeBar>
        <Brand name={speech.text('common.appName')} />
        <Pill icon="offline">{speech.text('common.worksWithoutNetwork')}</Pill>
      </HomeBar>
      <Body place="pad">
        <Stack grows="middle" center>
          <Title center>{speech.text(wrong ? 'start.pinWrong' : 'start.enterPin')}</Title>
          {refused.value === undefined ? (
            <Text tone="quiet" center>
              {speech.text('start.sixDigits')}
            </Text>
          ) : (
            <Pill icon="alert" tone="warn">
              {wrong && standing !== undefined && standing.freeTries > 0
                ? speech.text('start.triesLeft', { count: standing.freeTries })
                : wrong && standing !== undefined
                  ? speech.text('start.waitSeconds', { count: standing.waitSeconds })
                  : sentenceOf(speech, refused.value)}
            </Pill>
          )}
          {pin.dots}
        </Stack>
        {pin.keypad()}
      </Body>
    </Screen>
  );
}
