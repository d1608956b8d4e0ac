import { useState } from 'preact/hooks';
import { Amount } from '../amount.tsx';
import { Button, IconButton } from '../button.tsx';
import { Choice, Chips } from '../choice.tsx';
import { CodeField } from '../code-field.tsx';
import { Checks } from '../facts.tsx';
import { Field } from '../field.tsx';
import { Form } from '../form.tsx';
import { iconNames } from '../icon-paths.ts';
import { Space } from '../layout.tsx';
import { Empty, Notice } from '../notice.tsx';
import { Row, Rows, Section } from '../row.tsx';
import { Bar, Body, Foot, Screen } from '../screen.tsx';
import { SearchField } from '../search-field.tsx';
import { Switch } from '../switch.tsx';
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
      </Body>
      <Toast text="No network. Last checked 2 h ago." icon="offline" onGone={nothing} />
    </Screen>
  );
}

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
        <Timeline
          label="How far it is"
          steps={[
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
          ]}
        />
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

export function FormSample() {
  const [mail, setMail] = useState('amina@example');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('123');
  return (
    <Screen>
      <Bar title={say('Sign in', 'داخل ہوں')} leading={back} />
      <Body>
        <Form onSubmit={nothing}>
          <Field
            kind="email"
            label={say('E-mail', 'ای میل')}
            value={mail}
            onInput={setMail}
            error={say('Write the whole address', 'پورا پتہ لکھیں')}
          />
          <Field
            kind="password"
            label={say('Password', 'پاس ورڈ')}
            value={password}
            onInput={setPassword}
            hint={say('At least 10 characters', 'کم از کم 10 حروف')}
            reveal={{ show: 'Show', hide: 'Hide' }}
          />
          <CodeField
            label={say('The six digits we mailed', 'ای میل کے چھ ہندسے')}
            value={code}
            onInput={setCode}
          />
          <SearchField label="Search" value="milk" onInput={nothing} clearLabel="Clear" />
          <Button kind="primary" submit disabled reasonId="why" onPress={nothing}>
            {say('Sign in', 'داخل ہوں')}
          </Button>
          <Text id="why" size="small" tone="quiet" center>
            {say('Three digits are missing', 'تین ہندسے باقی ہیں')}
          </Text>
        </Form>
        <Notice tone="bad" icon="alert" urgent>
          {say('Too many tries. Wait 5 minutes.', 'بہت کوششیں ہوئیں۔ 5 منٹ انتظار کریں۔')}
        </Notice>
      </Body>
    </Screen>
  );
}

export function SettingsSample() {
  const [theme, setTheme] = useState<'auto' | 'dark'>('auto');
  const [sound, setSound] = useState(true);
  return (
    <Screen>
      <Bar title={say('Settings', 'ترتیبات')} leading={back} />
      <Body>
        <Choice
          label={say('Appearance', 'رنگ')}
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'auto', title: 'As the phone', detail: 'Light by day' },
            { value: 'dark', title: 'Dark' },
          ]}
        />
        <Rows>
          <Switch
            label={say('Sound', 'آواز')}
            detail="Two notes when money arrives"
            on={sound}
            onChange={setSound}
          />
          <Switch label="Urdu digits" on={false} onChange={nothing} />
          <Row icon="globe" title={say('Language', 'زبان')} detail="English" onPress={nothing} />
        </Rows>
        <Button danger icon="leave" onPress={nothing}>
          Sign out
        </Button>
      </Body>
    </Screen>
  );
}

export function IconsSample() {
  return (
    <Screen name="Icons">
      <Body>
        <Rows>
          {iconNames.map((name) => (
            <Row key={name} icon={name} title={name} />
          ))}
        </Rows>
      </Body>
    </Screen>
  );
}
