import { useState } from 'preact/hooks';
import { Amount } from '../amount.tsx';
import { Button, Link } from '../button.tsx';
import { BigChoice } from '../choice.tsx';
import { Brand, BrandHero } from '../coin.tsx';
import { Icon } from '../icon.tsx';
import { typedPin } from '../keypad-input.ts';
import { Keypad } from '../keypad.tsx';
import { Grow, Line, Space, Stack } from '../layout.tsx';
import { Empty } from '../notice.tsx';
import { Pill } from '../pill.tsx';
import { PinDots } from '../pin-dots.tsx';
import { Ring } from '../ring.tsx';
import { Card, Row, Rows, Section } from '../row.tsx';
import { Body, Dock, Foot, Head, HomeBar, Screen } from '../screen.tsx';
import { Text, Title } from '../text.tsx';
import { UserText } from '../words.tsx';
import { money, nothing, say } from './samples.ts';

export const fingerprint = () => ({
  icon: 'fingerprint' as const,
  label: say('Use fingerprint', 'فنگر پرنٹ'),
  onPress: nothing,
});
export const keypadLabels = () => ({
  keypad: say('Digits', 'ہندسے'),
  delete: say('Delete', 'مٹائیں'),
});

export function LanguageSample() {
  return (
    <Screen surface="ground">
      <Body>
        <Stack gap={3} grows="middle" center>
          <BrandHero en="Sikka" ur="سکّہ" />
          <Text size="large" tone="quiet">
            Pay and get paid without a network
          </Text>
          <Text size="large" tone="quiet">
            <UserText>نیٹ ورک کے بغیر رقم دیں اور لیں</UserText>
          </Text>
        </Stack>
        <Stack gap={3}>
          <BigChoice language="ur" title="اردو" detail="اردو میں آگے بڑھیں" onPress={nothing} />
          <BigChoice language="en" title="English" detail="Continue in English" onPress={nothing} />
          <Text size="small" tone="quiet" center>
            You can change this later
          </Text>
        </Stack>
      </Body>
    </Screen>
  );
}

export function UnlockSample({ wrong = false }: { readonly wrong?: boolean }) {
  const [pin, setPin] = useState(wrong ? '' : '1234');
  return (
    <Screen surface="ground">
      <HomeBar>
        <Brand name={say('Sikka', 'سکّہ')} />
        <Pill icon="offline">{say('Works without network', 'نیٹ ورک کے بغیر چلتا ہے')}</Pill>
      </HomeBar>
      <Body>
        <Stack gap={2} grows="middle" center>
          <Title>
            {wrong ? say('That PIN is wrong', 'پن غلط ہے') : say('Enter your PIN', 'پن لکھیں')}
          </Title>
          {wrong ? (
            <Pill tone="warn" icon="alert">
              {say('3 tries left, then a 5 minute wait', '3 کوششیں باقی، پھر 5 منٹ انتظار')}
            </Pill>
          ) : (
            <Text tone="quiet">
              {say('Six digits, only for this phone', 'چھ ہندسے، صرف اس فون کے لیے')}
            </Text>
          )}
          <Space size={4} />
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
      <Foot>
        <Button kind="text" onPress={nothing}>
          {say('Forgot your PIN?', 'پن بھول گئے؟')}
        </Button>
      </Foot>
    </Screen>
  );
}

interface HomeHeadProps {
  readonly left: bigint;
  readonly age: string;
  readonly icon: 'offline' | 'sync';
}

function HomeHead({ left, age, icon }: HomeHeadProps) {
  const whole = left.toString().replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return (
    <>
      <HomeBar>
        <Brand name={say('Sikka', 'سکّہ')} />
        <Pill icon={icon} onPress={nothing}>
          {age}
        </Pill>
      </HomeBar>
      <Ring left={left} total={5_000n} label={`${money(whole).spoken} of 5,000`}>
        <Text size="small" tone="quiet">
          {say('Left to spend offline', 'آف لائن خرچ کے لیے')}
        </Text>
        <Amount amount={money(whole)} size="ring" />
        <Text size="small" tone="quiet">
          {left === 0n ? (
            say('Nothing loaded yet', 'ابھی کچھ نہیں')
          ) : (
            <>
              {say('of ', 'کل ')}
              <Amount amount={money('5,000')} />
              {say('', ' میں سے')}
            </>
          )}
        </Text>
      </Ring>
    </>
  );
}

export function HomeSample() {
  return (
    <Screen name="Home">
      <Head>
        <HomeHead
          left={3_150n}
          icon="offline"
          age={say('Synced 2 h ago', '2 گھنٹے پہلے رابطہ ہوا')}
        />
        <Line spread="center">
          <Link quiet onPress={nothing}>
            {say(
              '17 of 20 payments left · until Mon 23 Nov',
              '20 میں سے 17 ادائیگیاں باقی · پیر 23 نومبر تک',
            )}
          </Link>
        </Line>
      </Head>
      <Body>
        <Card>
          <Line spread="between">
            <Grow>
              <Text size="small" tone="quiet">
                {say('Online balance, 2 h ago', 'آن لائن بیلنس، 2 گھنٹے پہلے')}
              </Text>
              <Amount amount={money('18,420.50')} size="22" />
            </Grow>
            <Button kind="small" icon="load" onPress={nothing}>
              {say('Load', 'لوڈ کریں')}
            </Button>
          </Line>
        </Card>
        <Section
          title={say('Recent', 'حالیہ لین دین')}
          end={<Link onPress={nothing}>{say('See all', 'سب دیکھیں')}</Link>}
        >
          <HomeRows />
        </Section>
      </Body>
      <Dock
        label={say('Main', 'اہم')}
        start={{ icon: 'receive', label: say('Receive', 'وصول کریں'), onPress: nothing }}
        primary={{ icon: 'scan', label: say('Scan to pay', 'اسکین کریں'), onPress: nothing }}
        end={{ icon: 'history', label: say('History', 'لین دین'), onPress: nothing }}
      />
    </Screen>
  );
}

function HomeRows() {
  return (
    <Rows>
      <Row
        state="given"
        title={say('Bus fare, Route 4-K', 'بس کا کرایہ، روٹ 4-K')}
        detail={say('Given · today 8:10 am', 'دے دی · آج صبح 8:10')}
        amount={money('60')}
        onPress={nothing}
      />
      <Row
        state="sent"
        title={say('Milk Corner, Saddar', 'مِلک کارنر، صدر')}
        detail={say('Sent to bank · yesterday', 'بینک کو بھیج دی · کل')}
        amount={money('480')}
        onPress={nothing}
      />
      <Row
        state="settled"
        title={say('Ration Shop, Thatta', 'راشن شاپ، ٹھٹھہ')}
        detail={say('Settled · Wed 18 Nov', 'کھاتے میں پہنچی · بدھ 18 نومبر')}
        amount={money('1,310')}
        onPress={nothing}
      />
    </Rows>
  );
}

export function HomeEmptySample() {
  return (
    <Screen name="Home">
      <Head>
        <HomeHead left={0n} icon="sync" age="Synced just now" />
        <Space size={5} />
      </Head>
      <Body>
        <Card>
          <Text size="small" tone="quiet">
            Online balance, now
          </Text>
          <Amount amount={money('6,200.00')} size="22" />
        </Card>
        <Stack gap={2} grows="middle">
          <Title>Put some money aside for when there is no network</Title>
          <Text tone="quiet">
            Choose an amount. The bank sets it aside for you. What you do not spend comes back.
          </Text>
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="load" onPress={nothing}>
          Load offline money
        </Button>
        <Button kind="text" onPress={nothing}>
          Scan and pay online instead
        </Button>
      </Foot>
    </Screen>
  );
}

export function PausedSample() {
  return (
    <Screen>
      <Body>
        <Empty
          before={
            <Ring size="medium" paused left={3_150n} total={5_000n} label="3,150 of 5,000, locked">
              <Icon name="lock" size="xl" />
            </Ring>
          }
          title="Offline spending is paused on this phone"
          text="This wallet was restored from a backup. Offline money can live on one phone only."
        />
      </Body>
      <Foot>
        <Button kind="primary" icon="sync" busy onPress={nothing}>
          Connect to the bank
        </Button>
        <Button kind="text" onPress={nothing}>
          Why is this needed?
        </Button>
      </Foot>
    </Screen>
  );
}
