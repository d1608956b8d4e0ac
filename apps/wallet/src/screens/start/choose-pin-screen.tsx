import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Brand } from '../../design/coin.tsx';
import { Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Body, HomeBar, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { isGuessable } from './guessable-pin.ts';
import { usePin } from './pin-pad.tsx';

/** The PIN that will open this phone's money: typed twice, and not one that everybody tries. */
export function ChoosePinScreen() {
  const { speech, vault, navigation } = useApp();
  const first = useSignal<string | undefined>(undefined);
  const refused = useSignal<string | undefined>(undefined);
  const pin = usePin(async (typed) => {
    if (first.value === undefined) {
      if (isGuessable(typed)) refused.value = speech.text('start.pinGuessable');
      else {
        first.value = typed;
        refused.value = undefined;
      }
      return;
    }
    if (typed !== first.value) {
      first.value = undefined;
      refused.value = speech.text('start.pinsDiffer');
      return;
    }
    const answer = await vault.unlock(typed);
    if (answer.ok) navigation.replace('home');
    else refused.value = sentenceOf(speech, answer.code);
  });
  return (
    <Screen surface="ground">
      <HomeBar>
        <Brand name={speech.text('common.appName')} />
      </HomeBar>
      <Body place="pad">
        <Stack grows="middle" center>
          <Title center>
            {speech.text(first.value === undefined ? 'start.choosePin' : 'start.repeatPin')}
          </Title>
          {refused.value === undefined ? (
            <Text tone="quiet" center>
              {speech.text('start.sixDigits')}
            </Text>
          ) : (
            <Pill icon="alert" tone="warn">
              {refused.value}
            </Pill>
          )}
          {pin.dots}
        </Stack>
        {pin.keypad()}
      </Body>
    </Screen>
  );
}
