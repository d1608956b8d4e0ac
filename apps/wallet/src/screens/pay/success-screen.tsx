import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Grow, Line, Space, Stack } from '../../design/layout.tsx';
import { Ring } from '../../design/ring.tsx';
import { Card } from '../../design/row.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { Steps } from '../../design/timeline.tsx';
import { TwoWords } from '../../design/two-words.tsx';
import { VerdictHead } from '../../design/verdict.tsx';
import { UserText } from '../../design/words.tsx';
import { spendableOf } from '../../wallet/spendable.ts';
import { useAmounts } from '../amounts.ts';
import { DoneFoot } from '../done-foot.tsx';
import { STATE_WORDS, STEPS } from '../payment-words.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';

/** The shop has it: their receipt is on this phone. Not settled yet, and it says so. */
export function SuccessScreen({ id }: ScreenProps) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  const { spending } = useMoney();
  const payment = spending.value.payments.find(({ paymentId }) => paymentId === id);
  const known = payment?.hasReceipt === true || payment?.state === 'settled';
  useEffect(() => {
    if (!known) navigation.replace('home');
  }, [known, navigation]);
  if (payment === undefined || !known) return null;
  const { name, town } = payment.payee;
  const reached = STEPS.indexOf(payment.state);
  return (
    <Screen>
      <VerdictHead
        tone="ok"
        word={speech.text('pay.theyHaveIt')}
        amount={amounts.of(payment.amountMinor)}
      >
        <UserText>{name}</UserText> · <UserText>{town}</UserText>
      </VerdictHead>
      <Body>
        <Stack gap={4}>
          <Space size={1} />
          <Card>
            <TwoWords
              {...spokenWords(payment.twoWords)}
              caption={speech.text('pay.sameTwoWords')}
            />
          </Card>
          <Steps
            label={speech.text('pay.howFar')}
            steps={STEPS.map((state, at) => ({
              ...{ state, title: speech.text(STATE_WORDS[state]) },
              done: at <= reached,
            }))}
          />
          <Left amountMinor={payment.amountMinor} />
        </Stack>
      </Body>
      <WaysOn id={id} />
    </Screen>
  );
}

function Left({ amountMinor }: { readonly amountMinor: bigint }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const { leftMinor, totalMinor } = spendableOf(useMoney().spending.value);
  const values = { left: amounts.inWords(leftMinor), total: amounts.inWords(totalMinor) };
  return (
    <Card>
      <Line gap={4}>
        <Ring
          size="small"
          left={leftMinor}
          justSpent={amountMinor}
          total={totalMinor}
          label={speech.text('pay.leftOfTotal', values)}
        />
        <Grow>
          <Text size="small" tone="quiet">
            {speech.text('pay.leftOffline')}
          </Text>
          <Amount amount={amounts.of(leftMinor)} size="22" />
        </Grow>
      </Line>
    </Card>
  );
}

function WaysOn({ id }: ScreenProps) {
  const { speech, navigation } = useApp();
  return (
    <DoneFoot>
      <Button
        kind="text"
        onPress={() => {
          navigation.replace('payCode', id);
        }}
      >
        {speech.text('pay.showCodeAgain')}
      </Button>
    </DoneFoot>
  );
}
