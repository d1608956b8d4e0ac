import { useState } from 'preact/hooks';
import { Amount } from '../amount.tsx';
import { Button } from '../button.tsx';
import { Deadline } from '../deadline.tsx';
import { Numbered } from '../facts.tsx';
import { typedAmount } from '../keypad-input.ts';
import { Keypad } from '../keypad.tsx';
import { Grow, Space, Stack } from '../layout.tsx';
import { Display, NoteButton } from '../payee.tsx';
import { BarStatus, Pill } from '../pill.tsx';
import { Frames, QrCard } from '../qr-card.tsx';
import { Row, Rows } from '../row.tsx';
import { Bar, Body, Foot, Head, HomeBar, Screen } from '../screen.tsx';
import { Text } from '../text.tsx';
import { TwoWords } from '../two-words.tsx';
import { Verdict } from '../verdict.tsx';
import { money, nothing, sampleCode, say } from './samples.ts';
import { keypadLabels } from './start.tsx';

export function TillSample() {
  const [digits, setDigits] = useState('1250');
  const shown = money(digits === '' ? '0' : digits.replaceAll(/\B(?=(\d{3})+$)/g, ','));
  return (
    <Screen name="Till">
      <Head grows>
        <HomeBar>
          <Grow>
            <Text strong>{say('Karachi Fruit Stall', 'کراچی فروٹ اسٹال')}</Text>
            <Text size="small" tone="quiet">
              {say('Saddar · till 2', 'صدر · کاؤنٹر 2')}
            </Text>
          </Grow>
          <Pill icon="state-received" onPress={nothing}>
            {say('12 to send', '12 بھیجنی ہیں')}
          </Pill>
        </HomeBar>
        <Display amount={shown}>
          <NoteButton onPress={nothing}>{say('Mangoes, 2 kg', 'آم، 2 کلو')}</NoteButton>
        </Display>
      </Head>
      <Body place="pad">
        <Keypad
          size="till"
          corner="00"
          labels={keypadLabels()}
          onKey={(key) => {
            setDigits(typedAmount(digits, key));
          }}
        />
      </Body>
      <Foot>
        <Button kind="primary" icon="qr" onPress={nothing}>
          {say('Show code for ', '')}
          <Amount amount={shown} />
          {say('', ' کا کوڈ دکھائیں')}
        </Button>
      </Foot>
    </Screen>
  );
}

const REQUEST = sampleCode(91);
const PARTS = [1, 2, 3, 4].map((seed) => sampleCode(seed, 150));

export function RequestSample({ frames = false }: { readonly frames?: boolean }) {
  return (
    <Screen surface="white">
      <Bar
        title="Customer scans this"
        leading={{ icon: 'close', label: 'Cancel', onPress: nothing }}
      >
        <BarStatus icon="clock">4:52 left</BarStatus>
      </Bar>
      {frames ? (
        <Frames
          frames={PARTS}
          label="Request code in four parts"
          caption={(number, of) => `Code ${String(number)} of ${String(of)}`}
        />
      ) : (
        <QrCard code={REQUEST} label="Request code for 1,250 rupees" />
      )}
      <Body>
        <Stack gap={1} center>
          <Amount amount={money('1,250')} size="64" />
          <Text tone="quiet">Karachi Fruit Stall, Saddar · till 2</Text>
          <Space size={4} />
          <Numbered center items={['They scan this', 'You scan theirs']} />
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="scan" onPress={nothing}>
          Scan their payment
        </Button>
        <Button kind="text" onPress={nothing}>
          Cancel this sale
        </Button>
      </Foot>
    </Screen>
  );
}

export function GreenSample() {
  const facts = [
    {
      icon: 'shield' as const,
      text: say(
        'Checked on this phone, without a network. The bank has this money set aside.',
        'اس فون نے نیٹ ورک کے بغیر جانچ لی۔ بینک نے یہ رقم الگ رکھی ہوئی ہے۔',
      ),
    },
    {
      icon: 'clock' as const,
      text: [
        say('Not in your account yet. Send to the bank by ', 'ابھی آپ کے کھاتے میں نہیں آئی۔ '),
        <b>{say('Thu 26 Nov, 6:00 pm', 'جمعرات 26 نومبر، شام چھ بجے')}</b>,
        say('.', ' تک بینک کو بھیجیں۔'),
      ],
    },
  ];
  return (
    <Verdict
      tone="ok"
      word={say('Paid', 'رقم مل گئی')}
      amount={money('1,250')}
      facts={facts}
      actions={
        <>
          <Button kind="primary" onPress={nothing}>
            {say('Next sale', 'اگلی فروخت')}
          </Button>
          <Button icon="qr" onPress={nothing}>
            {say('Show receipt code', 'رسید کا کوڈ دکھائیں')}
          </Button>
        </>
      }
    >
      <TwoWords
        en="saffron river"
        ur="زعفران دریا"
        captionAfter
        caption={say('Their phone shows the same two words', 'گاہک کے فون پر بھی یہی دو لفظ ہیں')}
      />
    </Verdict>
  );
}

export function AmberSample() {
  return (
    <Verdict
      tone="warn"
      word={say('Already counted', 'یہ رقم پہلے گنی جا چکی ہے')}
      amount={money('1,250')}
      amountSize="48"
      reason={[
        'You accepted this same payment at ',
        <b>11:42 am today</b>,
        '. It pays you once, not twice.',
      ]}
      facts={[
        {
          icon: 'info',
          text: 'A second sale needs a new payment. Enter the amount and show a new code.',
        },
        { icon: 'state-received', text: 'First payment: amber tiger, received, not yet sent.' },
      ]}
      actions={
        <>
          <Button kind="primary" onPress={nothing}>
            Ask for a new payment
          </Button>
          <Button onPress={nothing}>See the first payment</Button>
        </>
      }
    />
  );
}

export function RedSample() {
  return (
    <Verdict
      tone="bad"
      word={say('Not paid', 'رقم نہیں ملی')}
      amount={money('1,250')}
      amountSize="38"
      reason={['This payment was made for ', <b>Ration Shop, Thatta</b>, ', not for your till.']}
      facts={[
        {
          icon: 'state-rejected',
          loud: say('Do not hand over the goods.', 'سامان نہ دیں۔'),
          text: 'Nothing was added to your sales.',
        },
        { icon: 'qr', text: 'Ask the customer to scan your code and pay again.' },
      ]}
      actions={
        <>
          <Button kind="primary" onPress={nothing}>
            Show my code again
          </Button>
          <Button onPress={nothing}>Why was it refused?</Button>
        </>
      }
    />
  );
}

const DAYS = [
  { name: 'Fri', day: '20', mark: 'now' },
  { name: 'Sat', day: '21' },
  { name: 'Sun', day: '22' },
  { name: 'Mon', day: '23' },
  { name: 'Tue', day: '24' },
  { name: 'Wed', day: '25' },
  { name: 'Thu', day: '26', mark: 'end' },
] as const;

const UNSENT = [
  ['saffron river', '4:42 pm', '1,250'],
  ['copper window', '4:20 pm', '340'],
  ['quiet lantern', '3:58 pm', '95'],
  ['silver mango', '2:31 pm', '2,000'],
  ['early bridge', '1:47 pm', '480'],
] as const;

export function QueueSample() {
  return (
    <Screen>
      <Bar title="Not sent yet" leading={{ icon: 'back', label: 'Back', onPress: nothing }}>
        <Pill icon="offline">No network</Pill>
      </Bar>
      <Body>
        <Amount amount={money('8,450')} size="48" />
        <Text tone="quiet">12 payments, oldest 5 h</Text>
        <Space size={4} />
        <Deadline
          label="Send to the bank by"
          until="Thu 26 Nov, 6:00 pm"
          left="6 days left"
          days={DAYS}
        >
          <Text size="small" tone="quiet">
            They go by themselves when this phone finds a network. After that time the bank may
            refuse them.
          </Text>
        </Deadline>
        <Space size={2} />
        <Rows>
          {UNSENT.map(([words, time, amount]) => (
            <Row
              key={words}
              state="received"
              title={words}
              detail={`Received · ${time}`}
              amount={money(amount)}
            />
          ))}
        </Rows>
      </Body>
      <Foot lined>
        <Button kind="primary" icon="share" onPress={nothing}>
          Send from another phone
        </Button>
        <Button kind="text" onPress={nothing}>
          Try the network again
        </Button>
      </Foot>
    </Screen>
  );
}
