import { useApp } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { useHeldBack } from '../use-held-back.ts';

/** An order that was open already, by another tab or a day before, and came to nothing. */
export interface EarlierOrder {
  readonly amountMinor: bigint;
  readonly code: string;
}

interface EarlierRefusedProps {
  readonly title: string;
  readonly order: EarlierOrder;
  /** Leads back to what was typed. */
  readonly onSeen: () => void;
}

/** Why another order than the typed one was refused: beside typed fields it would be theirs. */
export function EarlierRefused({ title, order, onSeen }: EarlierRefusedProps) {
  const { speech } = useApp();
  const amounts = useAmounts();
  useHeldBack(onSeen);
  return (
    <Screen>
      <TitleBar title={title} heading={false} onBack={onSeen} />
      <Body place="middle">
        <Empty
          icon="alert"
          title={speech.text('money.earlierRefused')}
          text={sentenceOf(speech, order.code)}
        >
          <Amount amount={amounts.exactly(order.amountMinor)} />
          <Text strong>{speech.text('money.typedNotSent')}</Text>
        </Empty>
      </Body>
      <Foot>
        <Button kind="primary" onPress={onSeen}>
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}
