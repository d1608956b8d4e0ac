import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Checks } from '../../design/facts.tsx';
import { Stack } from '../../design/layout.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { startNewJournal } from '../../wallet/payer-journal.ts';
import { PinScreen } from './pin-screen.tsx';

/** This journal spends no more, for good: a fresh one, once the bank has all of the old one. */
export function StartAnewScreen() {
  const app = useApp();
  const { speech, navigation, vault } = app;
  const { spending, sync } = useMoney();
  const confirming = useSignal(false);
  const { pending, stopped } = spending.value;
  const { busy } = sync.standing.value;
  if (confirming.value) {
    return (
      <PinScreen
        title={speech.text('phone.startAnew')}
        onBack={() => (confirming.value = false)}
        then={async () => {
          const { value } = vault.state;
          if (value.kind !== 'open') return 'wallet/pin_required';
          await startNewJournal(value.drawer);
          navigation.replace('home');
          // Opened again by the PIN, in every tab, it is the fresh one.
          app.lock();
          return undefined;
        }}
      />
    );
  }
  if (!stopped) return <NotStopped />;
  return (
    <Screen>
      <Bar
        leading={{
          ...{ icon: 'back', label: speech.text('common.back') },
          onPress: navigation.back,
        }}
      />
      <Body>
        <Stack gap={4}>
          <Title>{speech.text('phone.startAnewTitle')}</Title>
          <Text tone="quiet">{speech.text('phone.startAnewWhy')}</Text>
          <WhatComes />
          {pending > 0 ? (
            <Notice icon="alert" tone="warn">
              {speech.text('phone.sendFirst', { count: pending })}
            </Notice>
          ) : undefined}
        </Stack>
      </Body>
      <Foot>
        {pending === 0 ? (
          <Button kind="primary" onPress={() => (confirming.value = true)}>
            {speech.text('phone.startAnew')}
          </Button>
        ) : (
          <Button kind="primary" icon="sync" busy={busy} onPress={() => void sync.run()}>
            {speech.text('phone.sendNow')}
          </Button>
        )}
      </Foot>
    </Screen>
  );
}

function NotStopped() {
  const { speech, navigation } = useApp();
  return (
    <Screen>
      <Bar
        leading={{
          ...{ icon: 'back', label: speech.text('common.back') },
          onPress: navigation.back,
        }}
      />
      <Body place="middle">
        <Empty icon="check" title={speech.text('phone.notStopped')} />
      </Body>
    </Screen>
  );
}

function WhatComes() {
  const { speech } = useApp();
  const items = [
    speech.text('phone.startAnewSafe'),
    speech.text('phone.startAnewBack'),
    speech.text('phone.startAnewFresh'),
  ];
  return <Checks items={items} />;
}
