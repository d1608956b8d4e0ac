import { useRef, useState } from 'preact/hooks';
import { Amount } from '../amount.tsx';
import { Button, IconButton } from '../button.tsx';
import { Numbered } from '../facts.tsx';
import { typedPin } from '../keypad-input.ts';
import { Keypad } from '../keypad.tsx';
import { Grow, Line, Space, Stack } from '../layout.tsx';
import { Emblem, Empty, Remark } from '../notice.tsx';
import { Display, PaySum, Payee } from '../payee.tsx';
import { BarStatus } from '../pill.tsx';
import { PinDots } from '../pin-dots.tsx';
import { QrCard } from '../qr-card.tsx';
import { Ring } from '../ring.tsx';
import { Card, Row, Rows } from '../row.tsx';
import { Bar, Body, Foot, Head, Screen } from '../screen.tsx';
import { Sheet } from '../sheet.tsx';
import { Text } from '../text.tsx';
import { Steps } from '../timeline.tsx';
import { TwoWords } from '../two-words.tsx';
import { VerdictHead } from '../verdict.tsx';
import { Tiles, Viewfinder } from '../viewfinder.tsx';
import { money, nothing, sampleCode, say } from './samples.ts';
import { fingerprint, keypadLabels } from './start.tsx';

const back = () => ({ icon: 'back' as const, label: say('Back', 'واپس'), onPress: nothing });
const close = () => ({ icon: 'close' as const, label: say('Close', 'بند'), onPress: nothing });
const PAYMENT = sampleCode(7);

const tiles = () => [
  { icon: 'till' as const, label: say('Till number', 'کاؤنٹر نمبر'), onPress: nothing },
  { icon: 'photo' as const, label: say('From photo', 'تصویر سے'), onPress: nothing },
  { icon: 'paste' as const, label: say('Paste code', 'کوڈ پیسٹ کریں'), onPress: nothing },
];

export function ScanSample() {
  const video = useRef<HTMLVideoElement>(null);
  return (
    <Screen surface="camera">
      <Viewfinder video={video} hint="Hold the shop’s code inside the corners">
        <Bar title={say('Scan to pay', 'اسکین کریں')} leading={close()} centred>
          <IconButton icon="torch" label="Torch" pressed={false} onPress={nothing} />
        </Bar>
      </Viewfinder>
      <Tiles label="Other ways" tiles={tiles()} />
    </Screen>
  );
}

export function ScanDeniedSample() {
  return (
    <Screen surface="ground">
      <Bar title="Scan to pay" heading={false} leading={close()} centred />
      <Body>
        <Empty
          icon="camera-off"
          title="Sikka may not use the camera"
          text="It is turned off for Sikka on this phone. Turn it on once and it stays on."
        >
          <Numbered
            items={['Open Settings, then Apps', 'Choose Sikka, then Permissions', 'Turn on Camera']}
          />
        </Empty>
        <Button kind="primary" onPress={nothing}>
          Try the camera again
        </Button>
        <Space size={3} />
        <Text size="small" tone="quiet" center>
          Or pay without the camera
        </Text>
      </Body>
      <Tiles label="Other ways" tiles={tiles()} />
    </Screen>
  );
}

export function AmountSample() {
  return (
    <Screen name="Amount">
      <Head>
        <Bar leading={back()} heading={false} />
        <Payee
          small
          name="Karachi Fruit Stall"
          town="Saddar, Karachi"
          by="Name checked by the bank"
        />
      </Head>
      <Body place="pad">
        <Display amount={money('1,250')}>
          <Text tone="quiet">
            You have <Amount amount={money('3,150')} /> offline. Up to{' '}
            <Amount amount={money('2,000')} /> at once.
          </Text>
        </Display>
        <Keypad corner="00" labels={keypadLabels()} onKey={nothing} />
      </Body>
      <Foot>
        <Button kind="primary" onPress={nothing}>
          Continue
        </Button>
      </Foot>
    </Screen>
  );
}

function ConfirmTop() {
  return (
    <>
      <Head>
        <Bar title={say('You are paying', 'آپ رقم دے رہے ہیں')} leading={back()} />
        <Payee
          name={say('Karachi Fruit Stall', 'کراچی فروٹ اسٹال')}
          town={say('Saddar, Karachi', 'صدر، کراچی')}
          by={say('Name checked by the bank · till 2', 'نام بینک سے تصدیق شدہ · کاؤنٹر 2')}
        />
      </Head>
      <PaySum
        amount={money('1,250')}
        leaves={
          <>
            {say('Leaves ', 'آف لائن ')}
            <Amount amount={money('1,900')} />
            {say(' offline', ' بچیں گے')}
          </>
        }
        inWords={say('One thousand two hundred fifty rupees', 'ایک ہزار دو سو پچاس روپے')}
      />
    </>
  );
}

export function ConfirmSample() {
  const [pin, setPin] = useState('12');
  return (
    <Screen>
      <ConfirmTop />
      <Body>
        <Stack gap={3} grows="middle" center>
          <Text strong>{say('Enter your PIN to pay', 'رقم دینے کے لیے پن لکھیں')}</Text>
          <PinDots filled={pin.length} label={`${String(pin.length)} of 6 digits`} />
        </Stack>
        <Keypad
          corner={fingerprint()}
          labels={keypadLabels()}
          onKey={(key) => {
            setPin(typedPin(pin, key));
          }}
        />
      </Body>
    </Screen>
  );
}

export function BiometricSample() {
  return (
    <Screen>
      <ConfirmTop />
      <Body place="middle" center>
        <Emblem icon="fingerprint" />
        <Space size={4} />
        <Text size="large" strong>
          Touch the fingerprint sensor
        </Text>
        <Text tone="quiet">Your finger signs this one payment</Text>
      </Body>
      <Foot>
        <Button onPress={nothing}>Use PIN instead</Button>
        <Button kind="text" onPress={nothing}>
          Cancel, pay nothing
        </Button>
      </Foot>
    </Screen>
  );
}

export function PaymentCodeSample({ sheet = false }: { readonly sheet?: boolean }) {
  return (
    <Screen surface="white">
      <Bar title={say('Show to the shop', 'دکاندار کو دکھائیں')} leading={close()}>
        <BarStatus icon="sun">{say('Stays on', 'روشن رہے گا')}</BarStatus>
      </Bar>
      <QrCard code={PAYMENT} label="Payment code, 1,250 rupees to Karachi Fruit Stall" />
      <Body place="top">
        <Stack gap={1} center>
          <Amount amount={money('1,250')} size="28" />
          <Text tone="quiet">Karachi Fruit Stall, Saddar</Text>
          <Space size={2} />
          <TwoWords
            en="saffron river"
            ur="زعفران دریا"
            caption={say('Their phone shows the same two words', 'ان کے فون پر بھی یہی دو لفظ ہیں')}
          />
        </Stack>
        <Stack grows="bottom">
          <Remark icon="history">
            You can show this code again from History. You are only ever charged once.
          </Remark>
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="scan" onPress={nothing}>
          {say('Scan their receipt', 'ان کی رسید اسکین کریں')}
        </Button>
        <Button kind="text" onPress={nothing}>
          Not scanning?
        </Button>
      </Foot>
      {sheet ? <OtherWays /> : undefined}
    </Screen>
  );
}

function OtherWays() {
  return (
    <Sheet title="Not scanning?" back="Back to the code" onClose={nothing}>
      <Text tone="quiet">Try another way. It stays one payment.</Text>
      <Rows>
        <Row
          icon="split"
          title="Show four bigger codes"
          detail="They play one after another"
          onPress={nothing}
        />
        <Row icon="bluetooth" title="Bluetooth" detail="To a till close by" onPress={nothing} />
        <Row
          icon="share"
          title="Send as a file"
          detail="With any app that shares files"
          onPress={nothing}
        />
      </Rows>
    </Sheet>
  );
}

export function SuccessSample() {
  return (
    <Screen>
      <VerdictHead tone="ok" word={say('They have it', 'رقم انہیں مل گئی')} amount={money('1,250')}>
        Karachi Fruit Stall, Saddar
      </VerdictHead>
      <Body>
        <Stack gap={4}>
          <Space size={1} />
          <Card>
            <TwoWords en="saffron river" ur="زعفران دریا" caption="Same two words on both phones" />
          </Card>
          <Steps
            label="How far it is"
            steps={[
              { state: 'given', title: 'Given', done: true },
              { state: 'received', title: 'Received', done: true },
              { state: 'sent', title: 'Sent to bank', done: false },
              { state: 'settled', title: 'Settled', done: false },
            ]}
          />
          <Card>
            <Line gap={4}>
              <Ring
                size="small"
                left={1_900n}
                justSpent={1_250n}
                total={5_000n}
                label="1,900 left"
              />
              <Grow>
                <Text size="small" tone="quiet">
                  Left to spend offline
                </Text>
                <Amount amount={money('1,900')} size="22" />
              </Grow>
            </Line>
          </Card>
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" onPress={nothing}>
          Done
        </Button>
        <Button kind="text" onPress={nothing}>
          Show the code again
        </Button>
      </Foot>
    </Screen>
  );
}
