import { Amount } from '../amount.tsx';
import { Button, IconButton } from '../button.tsx';
import { Chips } from '../choice.tsx';
import { Checks, Facts } from '../facts.tsx';
import { Inset, Line, Space } from '../layout.tsx';
import { Empty, Notice } from '../notice.tsx';
import { Ring } from '../ring.tsx';
import { Row, Rows, Section } from '../row.tsx';
import { Bar, Body, Foot, Head, Screen } from '../screen.tsx';
import { Text, Title } from '../text.tsx';
import { Timeline } from '../timeline.tsx';
import { Toast } from '../toast.tsx';
import { TwoWords } from '../two-words.tsx';
import { money, nothing, say } from './samples.ts';

const back = { icon: 'back', label: 'Back', onPress: nothing } as const;

export function HistorySample() {
  return (
    <Screen>
      <Bar title={say('History', 'لین دین')} leading={back}>
        <IconButton icon="search" label="Search" onPress={nothing} />
        <IconButton icon="save" label="Save as file" onPress={nothing} />
      </Bar>
      <Body>
        <Chips
          label="Which"
          value="all"
          onChange={nothing}
          options={[
            { value: 'all', title: say('All', 'سب') },
            { value: 'open', title: say('Not settled', 'باقی') },
            { value: 'out', title: say('Out', 'دی') },
            { value: 'in', title: say('In', 'ملی') },
          ]}
        />
        <Section title={say('Today', 'آج')} end={<Amount amount={money('1,310')} />}>
          <Rows>
            <Row
              state="received"
              title="Karachi Fruit Stall"
              detail="Received · 4:42 pm"
              amount={money('1,250')}
              onPress={nothing}
            />
            <Row
              state="given"
              title="حاجی عبدالرحمن اینڈ سنز کریانہ اسٹور"
              detail="Given · 8:10 am"
              amount={money('60')}
              onPress={nothing}
            />
          </Rows>
        </Section>
        <Yesterday />
      </Body>
      <Toast text="No network. Last checked 2 h ago." icon="offline" onGone={nothing} />
    </Screen>
  );
}

function Yesterday() {
  return (
    <Section title="Yesterday" end="Out Rs 480">
      <Rows>
        <Row
          state="rejected"
          title="Tea Stall, Keamari"
          detail="Rejected · nothing taken"
          amount={money('90')}
          void
        />
        <Row
          state="disputed"
          title="A very long name of a shop that wraps over two lines"
          detail="Disputed · 6:40 pm"
          amount={money('12,34,567.50')}
        />
        <Row
          state="confirmed"
          title="Loaded for offline"
          detail="Confirmed · 9:30 am"
          amount={money('5,000')}
          incoming
        />
      </Rows>
    </Section>
  );
}

const STEPS = [
  {
    state: 'ready',
    title: 'Ready to sign',
    time: '4:41 pm',
    detail: 'You checked the name and the amount',
    stage: 'done',
  },
  {
    state: 'given',
    title: 'Given',
    time: '4:42 pm',
    detail: 'Signed with your PIN, counted as spent',
    stage: 'done',
  },
  {
    state: 'received',
    title: 'Received',
    time: '4:42 pm',
    detail: 'Checked by their phone, receipt here',
    stage: 'done',
  },
  {
    state: 'sent',
    title: 'Sent to bank',
    time: '6:05 pm',
    detail: 'By the shop’s phone',
    stage: 'now',
  },
  {
    state: 'settled',
    title: 'Settled',
    time: 'by Thu 26 Nov',
    detail: 'The bank moves the money',
    stage: 'todo',
  },
  {
    state: 'confirmed',
    title: 'Confirmed',
    detail: 'The bank’s receipt reaches your phone',
    stage: 'todo',
  },
] as const;

export function DetailSample() {
  return (
    <Screen>
      <Bar title="Payment" heading={false} leading={back}>
        <IconButton icon="save" label="Save proof" onPress={nothing} />
      </Bar>
      <Body>
        <Title>Karachi Fruit Stall</Title>
        <Text tone="quiet">Saddar, Karachi · Fri 20 Nov, 4:42 pm</Text>
        <Amount amount={money('1,250')} size="48" />
        <TwoWords small en="saffron river" ur="زعفران دریا" />
        <Space size={4} />
        <Timeline label="How far it is" steps={STEPS} />
      </Body>
      <Foot lined>
        <Button kind="primary" icon="qr" onPress={nothing}>
          Show the code again
        </Button>
        <Button kind="text" onPress={nothing}>
          Something is wrong
        </Button>
      </Foot>
    </Screen>
  );
}

export function EmptySample() {
  return (
    <Screen>
      <Bar title="History" heading={false} leading={back} />
      <Body>
        <Empty
          title={say('No payments yet', 'ابھی کوئی ادائیگی نہیں')}
          text="Each payment you make is kept here and shows how far it has come:"
        >
          <Rows>
            <Row state="given" title="Given" detail="You signed it and showed the code" />
            <Row state="sent" title="Sent to bank" detail="By you or by the shop" />
            <Row state="settled" title="Settled" detail="The bank has moved the money" />
          </Rows>
          <Checks items={['Your history and receipts are here', 'You can still receive money']} />
        </Empty>
      </Body>
      <Toast
        text="No network. Last checked 2 h ago."
        icon="offline"
        action={{ label: 'Retry', onPress: nothing }}
        onGone={nothing}
      />
      <Foot>
        <Button kind="primary" icon="scan" onPress={nothing}>
          Scan to pay
        </Button>
      </Foot>
    </Screen>
  );
}

export function LimitsSample() {
  return (
    <Screen>
      <Head>
        <Bar title="Offline money" leading={back} />
        <Inset>
          <Line gap={4}>
            <Ring size="medium" left={3_150n} total={5_000n} label="3,150 of 5,000 left" />
            <div>
              <Text tone="quiet">Left</Text>
              <Amount amount={money('3,150')} size="38" />
              <Text tone="quiet">
                of <Amount amount={money('5,000')} /> set aside
              </Text>
            </div>
          </Line>
        </Inset>
        <Space size={6} />
      </Head>
      <Body>
        <Facts
          pairs={[
            { term: 'At once, at most', value: <Amount amount={money('2,000')} /> },
            { term: 'Payments left', value: '17 of 20' },
            { term: 'Spend it until', value: 'Mon 23 Nov' },
            { term: 'Unspent comes back', value: 'Fri 27 Nov' },
          ]}
        />
        <Notice icon="phone">
          <b>If this phone is lost,</b> freeze it from any other. The most you can lose is the{' '}
          <Amount amount={money('3,150')} /> left here.
        </Notice>
        <Notice icon="bank" tone="plain">
          Shops may send payments in until 26 Nov. Then the bank returns what you did not spend.
        </Notice>
      </Body>
      <Foot>
        <Button kind="primary" icon="load" onPress={nothing}>
          Load more
        </Button>
        <Button kind="text" onPress={nothing}>
          Stop offline spending
        </Button>
      </Foot>
    </Screen>
  );
}
