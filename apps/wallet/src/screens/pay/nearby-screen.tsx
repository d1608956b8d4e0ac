import { useSignal } from '@preact/signals';
import { readNearbyRequest } from '@sikka/wallet/nearby';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Numbered } from '../../design/facts.tsx';
import { Stack } from '../../design/layout.tsx';
import { Emblem, Notice } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { UserText } from '../../design/words.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { chooseTill, hasBluetooth } from '../../platform/bluetooth.ts';
import type { NoTill } from '../../platform/bluetooth.ts';
import { TitleBar } from '../title-bar.tsx';
import { RefusedScreen } from './refused-screen.tsx';
import { useStop } from './use-stop.ts';
import { useTake } from './use-take.ts';

const WHY: Readonly<Record<NoTill, MessageKey | undefined>> = {
  cancelled: undefined,
  off: 'pay.bluetoothOff',
  denied: 'pay.bluetoothDenied',
  unsupported: 'pay.bluetoothUnsupported',
};

/** As tills are called (spec/bluetooth.md §1), in every language. */
const A_NAME = 'Sikka\u00a04821';

/** A till that is close by, chosen by the number on its screen; then as if it was scanned. */
export function NearbyScreen() {
  const { speech, navigation } = useApp();
  const { refused, busy, said, look } = useNearby();
  if (refused.value !== undefined) {
    return <RefusedScreen code={refused.value.code} onAgain={() => (refused.value = undefined)} />;
  }
  return (
    <Screen>
      <TitleBar
        title={speech.text('pay.nearbyTitle')}
        onBack={() => {
          navigation.replace('scan');
        }}
      />
      <Body>
        <Stack gap={4}>
          <Stack gap={4} center>
            <Emblem icon="bluetooth" />
            <Text center>{speech.text('pay.nearbyMore')}</Text>
          </Stack>
          <Numbered
            face={(number) => speech.digits(number)}
            items={[
              speech.text('pay.nearbyStep1'),
              speech.rich('pay.nearbyStep2', { name: <UserText>{A_NAME}</UserText> }),
              speech.text('pay.nearbyStep3'),
            ]}
          />
          {said === undefined ? undefined : (
            <Notice icon="alert" tone="warn" urgent>
              {said}
            </Notice>
          )}
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="bluetooth" busy={busy} onPress={look}>
          {speech.text(busy ? 'pay.nearbyReading' : 'pay.nearbyLook')}
        </Button>
      </Foot>
    </Screen>
  );
}

/** Looks for a till, reads what it asks, and goes where that leads. */
function useNearby() {
  const { speech } = useApp();
  const { refused, take } = useTake();
  const busy = useSignal(false);
  const said = useSignal(hasBluetooth() ? undefined : speech.text('pay.bluetoothUnsupported'));
  const stop = useStop();
  const read = async (): Promise<string | undefined> => {
    const chosen = await chooseTill();
    if (stop.aborted) return undefined;
    if (!chosen.ok) {
      const why = WHY[chosen.reason];
      return why === undefined ? undefined : speech.text(why);
    }
    const { connect } = chosen.till;
    const asked = await readNearbyRequest({ connect, stop });
    if (stop.aborted) return undefined;
    if (!asked.ok) return sentenceOf(speech, asked.code);
    return take(asked.packet, { connect, request: asked.packet });
  };
  const look = async () => {
    if (busy.peek()) return;
    busy.value = true;
    said.value = undefined;
    said.value = await read();
    busy.value = false;
  };
  return { refused, busy: busy.value, said: said.value, look: () => void look() };
}
