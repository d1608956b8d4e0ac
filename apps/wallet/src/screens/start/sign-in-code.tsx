import { useSignal } from '@preact/signals';
import type { Challenge } from '../../account/session.ts';
import { useApp } from '../../app-context.ts';
import { CodeStep } from './code-step.tsx';
import { proceed } from './proceed.ts';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Signing in as far as it has come; the password stays in memory for a code sent again. */
export interface SignIn {
  readonly challenge: Challenge | undefined;
  /** The code of a refusal, or nothing: a code is on its way. */
  begin(given: Credentials): Promise<string | undefined>;
  again(): Promise<string | undefined>;
  giveUp(): void;
}

export function useSignIn(): SignIn {
  const { session } = useApp();
  const given = useSignal<Credentials | undefined>(undefined);
  const challenge = useSignal<Challenge | undefined>(undefined);
  const begin = async (credentials: Credentials) => {
    const answer = await session.begin(credentials);
    if (!answer.ok) return answer.problem.code;
    given.value = credentials;
    challenge.value = answer;
    return undefined;
  };
  return {
    challenge: challenge.value,
    begin,
    again: async () => (given.value === undefined ? undefined : begin(given.value)),
    giveUp() {
      given.value = challenge.value = undefined;
    },
  };
}

interface SignInCodeProps {
  readonly signIn: SignIn;
  /** Said instead of where it was mailed to. */
  readonly more?: string;
}

/** The second factor: the mailed code. */
export function SignInCode({ signIn, more }: SignInCodeProps) {
  const app = useApp();
  const { challenge } = signIn;
  if (challenge === undefined) return null;
  return (
    <CodeStep
      key={challenge.nonce}
      email={challenge.email}
      demoCode={challenge.demoCode}
      {...(more === undefined ? {} : { more })}
      onBack={signIn.giveUp}
      again={signIn.again}
      submit={async (code) => {
        const answer = await app.session.confirm(challenge, code);
        if (!answer.ok) return answer.problem.code;
        return proceed(app);
      }}
    />
  );
}
