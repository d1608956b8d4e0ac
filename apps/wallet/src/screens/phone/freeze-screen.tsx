import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Choice } from '../../design/choice.tsx';
import { Checks } from '../../design/facts.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import type { Phone } from '../../wallet/phones.ts';
import { PinScreen } from './pin-screen.tsx';

interface FreezeScreenProps {
  readonly phone: Phone;
  readonly onBack: () => void;
  readonly onFrozen: () => void;
}

const REASONS = ['lost', 'stolen', 'replaced'] as const;
type Reason = (typeof REASONS)[number];

/** What freezing does and does not, why it is done, then the PIN. It cannot be taken back. */
export function FreezeScreen({ phone, onBack, onFrozen }: FreezeScreenProps) {
  const { speech, client, navigation } = useApp();
  const reason = useSignal<Reason>('lost');
  const confirming = useSignal(false);
  const back = confirming.value ? () => (confirming.value = false) : onBack;
  useEffect(() => navigation.holdBack(back), [navigation, back]);
  if (confirming.value) {
    return (
      <PinScreen
        title={speech.text('phone.freezeByPin')}
        onBack={back}
        then={async () => {
          const params = { till: String(phone.till) };
          const answer = await client.revokeDevice({ params, body: { reason: reason.value } });
          if (!answer.ok) return answer.problem.code;
          onFrozen();
          return undefined;
        }}
      />
    );
  }
  const titles = {
    lost: speech.text('phone.reasonLost'),
    stolen: speech.text('phone.reasonStolen'),
    replaced: speech.text('phone.reasonReplaced'),
  };
  return (
    <Screen>
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: back }} />
      <Body>
        <Stack gap={4}>
          <Title>{speech.text('phone.freezeTitle')}</Title>
          <Text tone="quiet">{speech.text('phone.freezeWhich', { number: phone.till })}</Text>
          <WhatItDoes />
          <Choice
            label={speech.text('phone.why')}
            showLabel
            options={REASONS.map((value) => ({ value, title: titles[value] }))}
            value={reason.value}
            onChange={(value) => (reason.value = value)}
          />
          <Space size={2} />
        </Stack>
      </Body>
      <Foot lined>
        <Text size="small" tone="quiet" center>
          {speech.text('phone.freezeForGood')}
        </Text>
        <Space size={2} />
        <Button kind="primary" icon="freeze" onPress={() => (confirming.value = true)}>
          {speech.text('phone.freeze')}
        </Button>
      </Foot>
    </Screen>
  );
}

function WhatItDoes() {
  const { speech } = useApp();
  const items = [
    speech.text('phone.freezeStops'),
    speech.text('phone.freezeKeeps'),
    speech.text('phone.freezeReturns'),
  ];
  return <Checks items={items} />;
}
