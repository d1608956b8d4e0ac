import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Brand } from '../../design/coin.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Body, HomeBar, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { askToPersist } from '../../platform/persistence.ts';
import { usePinTwice } from './pin-twice.ts';
import { usePin } from './pin-pad.tsx';
import { PutOnHomeScreen } from './put-on-home-screen.tsx';

/** The PIN that will open this phone's money: typed twice, and not one that everybody tries. */
export function ChoosePinScreen() {
  const { speech, vault, navigation, install } = useApp();
  const failed = useSignal<string | undefined>(undefined);
  const chosen = useSignal<string | undefined>(undefined);
  const finish = async (pin: string) => {
    // From now on there is something here to lose.
    void askToPersist();
    const answer = await vault.unlock(pin);
    if (answer.ok) navigation.replace('home');
    else failed.value = sentenceOf(speech, answer.code);
  };
  const twice = usePinTwice(async (pin) => {
    if (install.state.value === 'offered') chosen.value = pin;
    else await finish(pin);
  });
  const pin = usePin(twice.take);
  if (chosen.value !== undefined) {
    const typed = chosen.value;
    return (
      <PutOnHomeScreen
        onDone={async () => {
          await finish(typed);
          chosen.value = undefined;
        }}
      />
    );
  }
  const refused = twice.refused ?? failed.value;
  return (
    <Screen surface="ground">
      <HomeBar>
        <Brand name={speech.text('common.appName')} />
      </HomeBar>
      <Body place="pad">
        <Stack gap={3} grows="middle" center>
          <Title center>{speech.text(twice.repeats ? 'start.repeatPin' : 'start.choosePin')}</Title>
          {refused === undefined ? (
            <Text tone="quiet" center>
              {speech.text('start.sixDigits')}
            </Text>
          ) : (
            <div role="status">
              <Pill icon="alert" tone="warn">
                {refused}
              </Pill>
            </div>
          )}
          {pin.dots}
        </Stack>
        {pin.keypad()}
        <Space size={4} />
      </Body>
    </Screen>
  );
}
