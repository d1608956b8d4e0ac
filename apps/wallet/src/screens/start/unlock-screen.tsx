import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Brand } from '../../design/coin.tsx';
import { Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Body, Foot, HomeBar, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { ForgotPin } from './forgot-pin.tsx';
import { usePin } from './pin-pad.tsx';

/** The PIN before anything: tries are counted by the keystore, which also makes one wait. */
export function UnlockScreen() {
  const { speech, vault, fingerprint } = useApp();
  const forgot = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  const wait = useWait();
  const given = useSignal(false);
  const pin = usePin(async (typed) => {
    const answer = await vault.unlock(typed);
    refused.value = answer.ok ? undefined : answer.code;
    // Another PIN was set since: what the sensor gives out would only cost tries.
    if (given.value && refused.value === 'wallet/pin_wrong') await fingerprint.remove();
    given.value = false;
  }, wait > 0);
  const bySensor = () =>
    pin.use(async () => {
      const read = await fingerprint.read();
      given.value = read !== undefined;
      return read;
    });
  const { value: state } = vault.state;
  // A helper does not remove the owner's money.
  const mayForget = state.kind === 'locked' && !state.handedOver;
  if (forgot.value && mayForget) return <ForgotPin onBack={() => (forgot.value = false)} />;
  const wrong = refused.value === 'wallet/pin_wrong';
  const sensor = {
    ...{ icon: 'fingerprint' as const, label: speech.text('start.useFingerprint') },
    onPress: () => void bySensor(),
  };
  return (
    <Screen surface="ground">
      <HomeBar>
        <Brand name={speech.text('common.appName')} />
        <Pill icon="offline">{speech.text('common.worksWithoutNetwork')}</Pill>
      </HomeBar>
      <Body place="pad">
        <Stack gap={3} grows="middle" center>
          <Title center>{speech.text(wrong ? 'start.pinWrong' : 'start.enterPin')}</Title>
          <PinNews refused={refused.value} wait={wait} />
          {pin.dots}
        </Stack>
        {pin.keypad(fingerprint.state.value === 'on' && wait === 0 ? sensor : undefined)}
      </Body>
      {mayForget ? (
        <Foot>
          <Button kind="text" onPress={() => (forgot.value = true)}>
            {speech.text('start.forgotPin')}
          </Button>
        </Foot>
      ) : undefined}
    </Screen>
  );
}

/** What became of the last try, and how the next one fares. */
function PinNews({
  refused,
  wait,
}: {
  readonly refused: string | undefined;
  readonly wait: number;
}) {
  const { speech, vault } = useApp();
  const state = vault.state.value;
  const free = 'standing' in state ? state.standing.freeTries : 0;
  if (refused === undefined && wait === 0) {
    return (
      <Text tone="quiet" center>
        {speech.text('start.sixDigits')}
      </Text>
    );
  }
  return (
    <div role="status">
      <Pill icon={wait > 0 ? 'clock' : 'alert'} tone="warn">
        {wait > 0 ? waitText(speech, wait) : pinText(speech, { refused, free })}
      </Pill>
    </div>
  );
}

type Speech = ReturnType<typeof useApp>['speech'];

function waitText(speech: Speech, seconds: number): string {
  if (seconds < 120) return speech.text('start.waitSeconds', { count: seconds });
  return speech.text('start.waitMinutes', { count: Math.ceil(seconds / 60) });
}

function pinText(
  speech: Speech,
  { refused, free }: { readonly refused: string | undefined; readonly free: number },
): string {
  if (refused === 'wallet/pin_wrong' && free > 0) {
    return speech.text('start.triesLeft', { count: free });
  }
  if (refused === 'wallet/pin_wrong' || refused === 'wallet/pin_wait') {
    return speech.text('start.waitIsOver');
  }
  return sentenceOf(speech, refused ?? 'wallet/pin_required');
}

/** Seconds until a PIN may be tried, counting down. */
function useWait(): number {
  const { vault, now } = useApp();
  const state = vault.state.value;
  const standing = 'standing' in state ? state.standing : undefined;
  const left = useSignal(0);
  useEffect(() => {
    const until = now() + (standing?.waitSeconds ?? 0);
    const count = () => (left.value = Math.max(0, until - now()));
    count();
    const timer = setInterval(count, 500);
    return () => {
      clearInterval(timer);
    };
  }, [standing, left, now]);
  return left.value;
}
