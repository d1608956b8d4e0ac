import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import type { Spendable } from '../../wallet/spendable.ts';

/** Why there is nothing to spend, or what must be done soon; nothing where all is well. */
export function Standing({ spendable }: { readonly spendable: Spendable }) {
  const { speech, session, navigation } = useApp();
  const { spending } = useMoney();
  // Whether the bank ended it or its owner: what is here stays, and waits for them.
  const isAway = session.state.value !== 'signed-in';
  return (
    <>
      <WhyNot spendable={spendable} />
      {isAway ? (
        <Notice icon="person">
          {speech.text('home.signedOut')}{' '}
          <Button
            kind="small"
            onPress={() => {
              navigation.go('signIn');
            }}
          >
            {speech.text('home.signIn')}
          </Button>
        </Notice>
      ) : undefined}
      {spending.value.bulletinOverdue && spendable.standing !== 'stopped' ? (
        <Notice icon="clock">{speech.text('home.newsOverdue')}</Notice>
      ) : undefined}
    </>
  );
}

function WhyNot({ spendable }: { readonly spendable: Spendable }) {
  const { speech, times, navigation } = useApp();
  const { standing, until, backAfter } = spendable;
  switch (standing) {
    case 'ready':
    case 'none':
      return undefined;
    case 'stopped':
      return (
        <Notice icon="lock" tone="warn">
          {speech.text('home.paused')}{' '}
          <Button
            kind="small"
            onPress={() => {
              navigation.go('startAnew');
            }}
          >
            {speech.text('phone.startAnew')}
          </Button>
        </Notice>
      );
    case 'not_enrolled':
      return <Notice icon="phone">{speech.text('home.notEnrolled')}</Notice>;
    case 'used':
      return <Notice icon="info">{speech.text('home.used')}</Notice>;
    case 'expired':
      return (
        <Notice icon="calendar">
          {speech.text('home.expired', {
            day: times.day(until ?? 0),
            until: times.day(backAfter ?? 0),
          })}
        </Notice>
      );
  }
}
