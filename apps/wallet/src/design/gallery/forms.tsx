import { useState } from 'preact/hooks';
import { Button } from '../button.tsx';
import { Choice } from '../choice.tsx';
import { CodeField } from '../code-field.tsx';
import { Field } from '../field.tsx';
import { Form } from '../form.tsx';
import { iconNames } from '../icon-paths.ts';
import { Notice } from '../notice.tsx';
import { Row, Rows } from '../row.tsx';
import { Bar, Body, Screen } from '../screen.tsx';
import { SearchField } from '../search-field.tsx';
import { Switch } from '../switch.tsx';
import { Text } from '../text.tsx';
import { nothing, say } from './samples.ts';

const back = { icon: 'back', label: 'Back', onPress: nothing } as const;

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
          <Button kind="primary" disabled reasonId="why" onPress={nothing}>
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
