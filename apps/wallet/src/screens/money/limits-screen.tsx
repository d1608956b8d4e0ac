import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Facts } from '../../design/facts.tsx';
import { Inset, Line, Space, Stack } from '../../design/layout.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Ring } from '../../design/ring.tsx';
import { Row, Rows, Section } from '../../design/row.tsx';
import { Body, Foot, Head, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { spendableOf } from '../../wallet/spendable.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';

/** What can be spent without a network, how, until when, and what can be lost at worst. */
export function LimitsScreen() {
  const { speech, navigation } = useApp();
  const { spending } = useMoney();
  const ready = spendableOf(spending.value).standing === 'ready';
  const given = spending.value.allowances.length > 0;
  return (
    <Screen>
      {ready ? <Left /> : <TitleBar title={speech.text('money.offlineMoney')} heading={false} />}
      <Body>
        {ready ? (
          <Limits />
        ) : (
          <Empty title={speech.text('money.nothingAside')} icon="load">
            <Text tone="quiet">{speech.text('money.nothingAsideMore')}</Text>
            <Notice icon="info">{speech.text('money.whyLimits')}</Notice>
          </Empty>
        )}
        <MoreWays />
      </Body>
      <Foot>
        <Button kind="primary" icon="load" onPress={() => void navigation.go('load')}>
          {speech.text(ready ? 'money.loadMore' : 'money.load')}
        </Button>
        {given ? (
          <Button kind="text" onPress={() => void navigation.go('giveBack')}>
            {speech.text('money.stop')}
          </Button>
        ) : undefined}
      </Foot>
    </Screen>
  );
}

function Left() {
  const { speech } = useApp();
  const { spending } = useMoney();
  const amounts = useAmounts();
  const { leftMinor, totalMinor } = spendableOf(spending.value);
  const label = speech.text('home.ringLabel', {
    left: amounts.inWords(leftMinor),
    total: amounts.inWords(totalMinor),
  });
  return (
    <Head>
      <TitleBar title={speech.text('money.offlineMoney')} />
      <Inset>
        <Line gap={4}>
          <Ring size="medium" left={leftMinor} total={totalMinor} label={label} />
          <Stack gap={1}>
            <Text tone="quiet">{speech.text('money.left')}</Text>
            <Amount amount={amounts.of(leftMinor)} size="38" />
            <Text tone="quiet">
              {speech.rich('money.ofAside', { total: <Amount amount={amounts.of(totalMinor)} /> })}
            </Text>
          </Stack>
        </Line>
      </Inset>
      <Space size={6} />
    </Head>
  );
}

/** What else can be done with money; all of it at the bank. */
function MoreWays() {
  const { speech, navigation } = useApp();
  const ways = [
    ['plus', 'money.topUp', 'topUp'],
    ['bank', 'money.withdraw', 'withdraw'],
    ['file', 'money.statement', 'statement'],
  ] as const;
  return (
    <Section title={speech.text('money.moreWays')}>
      <Rows label={speech.text('money.moreWays')}>
        {ways.map(([icon, words, place]) => (
          <Row
            key={place}
            icon={icon}
            title={<>{speech.text(words)}</>}
            onPress={() => {
              navigation.go(place);
            }}
          />
        ))}
      </Rows>
    </Section>
  );
}

const DAY = 86_400;

function Limits() {
  const { speech, times } = useApp();
  const { spending } = useMoney();
  const amounts = useAmounts();
  const { leftMinor, atOnceMinor, paymentsLeft, paymentsMost, until } = spendableOf(spending.value);
  const usable = spending.value.allowances.filter(({ status }) => status === 'usable');
  const claimUntil = Math.max(...usable.map((allowance) => allowance.claimUntil));
  const count = { left: paymentsLeft, most: paymentsMost };
  return (
    <>
      <Facts
        pairs={[
          {
            term: speech.text('money.atOnce'),
            value: <Amount amount={amounts.of(atOnceMinor)} />,
          },
          { term: speech.text('money.payments'), value: speech.text('money.someOf', count) },
          { term: speech.text('money.spendUntil'), value: times.day(until ?? 0) },
          { term: speech.text('money.comesBack'), value: times.day(claimUntil + DAY) },
        ]}
      />
      <Notice icon="phone">
        {speech.rich('money.ifLost', { left: <Amount amount={amounts.of(leftMinor)} /> })}
      </Notice>
      <Notice icon="bank" tone="plain">
        {speech.text('money.shopsMaySend', { day: times.day(claimUntil) })}
      </Notice>
      <Notice icon="info" tone="plain">
        {speech.text('money.whyLimits')}
      </Notice>
    </>
  );
}
