import { useApp } from '../../app-context.ts';
import { Space, Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Bar, Body, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { usePin } from '../start/pin-pad.tsx';
import { useHeldBack } from '../use-held-back.ts';

interface PinScreenProps {
  readonly title: string;
  readonly more: string;
  /** Why the last one is none, as a sentence. */
  readonly refused: string | undefined;
  readonly onPin: (pin: string) => Promise<void>;
  readonly onBack: () => void;
}

/** One PIN, asked for by a setting. */
export function PinScreen({ title, more, refused, onPin, onBack }: PinScreenProps) {
  const { speech } = useApp();
  const pin = usePin(onPin);
  useHeldBack(onBack);
  return (
    <Screen surface="ground">
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }} />
      <Body place="pad">
        <Stack gap={3} grows="middle" center>
          <Title center>{title}</Title>
          {refused === undefined ? (
            <Text tone="quiet" center>
              {more}
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
