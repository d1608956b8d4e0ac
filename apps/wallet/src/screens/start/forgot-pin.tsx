import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Checks } from '../../design/facts.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { Text, Title } from '../../design/text.tsx';
import { useHeldBack } from '../use-held-back.ts';

/** What forgetting the PIN means, before anything is done about it. */
export function ForgotPin({ onBack }: { readonly onBack: () => void }) {
  const { speech, wipe } = useApp();
  const sure = useSignal(false);
  useHeldBack(sure.value ? () => (sure.value = false) : onBack);
  return (
    <Screen>
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }} />
      <Body>
        <Stack gap={4}>
          <Title>{speech.text('start.forgotPin')}</Title>
          <Text tone="quiet">{speech.text('start.forgotPinMore')}</Text>
          <Checks
            items={[
              speech.text('start.forgotKeepsAccount'),
              speech.text('start.forgotReturnsOffline'),
              speech.text('start.forgotKeepsGiven'),
            ]}
          />
          <Notice icon="alert" tone="warn">
            {speech.text('start.forgotLoses')}
          </Notice>
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" onPress={onBack}>
          {speech.text('start.tryPinAgain')}
        </Button>
        <Button kind="text" danger onPress={() => (sure.value = true)}>
          {speech.text('start.startAnew')}
        </Button>
      </Foot>
      {sure.value ? (
        <Sheet
          title={speech.text('start.startAnewSure')}
          onClose={() => (sure.value = false)}
          back={speech.text('common.cancel')}
        >
          <Text>{speech.text('start.startAnewMore')}</Text>
          <Button danger icon="delete" onPress={wipe}>
            {speech.text('start.startAnew')}
          </Button>
        </Sheet>
      ) : undefined}
    </Screen>
  );
}
