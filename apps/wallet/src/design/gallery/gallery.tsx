import { render } from 'preact';
import type { FunctionComponent } from 'preact';
import '../tokens.css';
import '../base.css';
import { Row, Rows } from '../row.tsx';
import { Bar, Body, Screen } from '../screen.tsx';
import {
  AmountSample,
  BiometricSample,
  ConfirmSample,
  PaymentCodeSample,
  ScanDeniedSample,
  ScanSample,
  SuccessSample,
} from './pay.tsx';
import { AmberSample, GreenSample, QueueSample, RedSample } from './receive.tsx';
import { RequestSample, TillSample } from './receive.tsx';
import { FormSample, IconsSample, SettingsSample } from './forms.tsx';
import { DetailSample, EmptySample, HistorySample, LimitsSample } from './records.tsx';
import { HomeEmptySample, HomeSample, LanguageSample } from './start.tsx';
import { PausedSample, UnlockSample } from './start.tsx';

const SAMPLES: Readonly<Record<string, FunctionComponent>> = {
  '01-language': LanguageSample,
  '02-unlock': () => <UnlockSample />,
  '02b-unlock-wrong': () => <UnlockSample wrong />,
  '03-home': HomeSample,
  '04-home-empty': HomeEmptySample,
  '05-scan': ScanSample,
  '06-scan-denied': ScanDeniedSample,
  '07-amount': AmountSample,
  '08-confirm': ConfirmSample,
  '08b-confirm-biometric': BiometricSample,
  '09-payment-qr': () => <PaymentCodeSample />,
  '09b-share-sheet': () => <PaymentCodeSample sheet />,
  '10-success': SuccessSample,
  '11-till': TillSample,
  '12-request': () => <RequestSample />,
  '12b-frames': () => <RequestSample frames />,
  '13-verdict-green': GreenSample,
  '14-verdict-amber': AmberSample,
  '15-verdict-red': RedSample,
  '16-queue': QueueSample,
  '17-history': HistorySample,
  '18-detail': DetailSample,
  '19-limits': LimitsSample,
  '20-error-paused': PausedSample,
  '21-history-empty': EmptySample,
  '22-form': FormSample,
  '23-settings': SettingsSample,
  '24-icons': IconsSample,
};

/** All components as sample screens: `gallery.html?screen=03-home&lang=ur&theme=dark&text=xl`. */
function Gallery({ name }: { readonly name: string | null }) {
  const Sample = name === null ? undefined : SAMPLES[name];
  if (Sample !== undefined) return <Sample />;
  return (
    <Screen>
      <Bar title="Components" />
      <Body>
        <Rows>
          {Object.keys(SAMPLES).map((sample) => (
            <Row
              key={sample}
              title={sample}
              onPress={() => {
                location.search = `?screen=${sample}`;
              }}
            />
          ))}
        </Rows>
      </Body>
    </Screen>
  );
}

const asked = new URLSearchParams(location.search);
const root = document.documentElement;
root.lang = asked.get('lang') ?? 'en';
root.dir = root.lang === 'ur' ? 'rtl' : 'ltr';
for (const setting of ['theme', 'contrast', 'text']) {
  const value = asked.get(setting);
  if (value !== null) root.dataset[setting] = value;
}
const place = document.getElementById('app');
if (place !== null) render(<Gallery name={asked.get('screen')} />, place);
