import type { ComponentChildren } from 'preact';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { Flash } from '../flash.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useHeldBack } from '../use-held-back.ts';

interface ListScreenProps {
  readonly title: string;
  readonly more: string;
  readonly refused: string | undefined;
  /** The list, once it is here. */
  readonly children: ComponentChildren;
  readonly onBack: () => void;
  readonly action?: {
    readonly label: string;
    readonly busy: boolean;
    readonly onPress: () => void;
  };
}

/** Something that the bank keeps a list of. */
export function ListScreen({ title, more, refused, children, onBack, action }: ListScreenProps) {
  const { speech } = useApp();
  useHeldBack(onBack);
  return (
    <Screen>
      <TitleBar title={title} onBack={onBack} />
      <Body>
        <Stack gap={4}>
          <Text tone="quiet">{more}</Text>
          {refused === undefined ? undefined : (
            <Notice icon="alert" tone="bad" urgent>
              {sentenceOf(speech, refused)}
            </Notice>
          )}
          {children}
        </Stack>
      </Body>
      <Flash />
      {action === undefined ? undefined : (
        <Foot>
          <Button kind="primary" busy={action.busy} onPress={action.onPress}>
            {action.label}
          </Button>
        </Foot>
      )}
    </Screen>
  );
}
