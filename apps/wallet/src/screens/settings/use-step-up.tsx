import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useApp, useMoney } from '../../app-context.ts';
import { CodeStep } from '../start/code-step.tsx';
import { useTask } from '../use-task.ts';
import type { Task } from '../use-task.ts';

/** Answers the code of a refusal, or nothing. */
type Work = () => Promise<string | undefined>;

interface Asked {
  readonly nonce: string;
  readonly demoCode: string | undefined;
  readonly work: Work;
}

/** A task for which the bank may want a fresh second factor: then it is asked for first. */
export interface StepUp extends Task {
  /** The screen that asks, while it asks. */
  readonly asking: VNode | undefined;
}

export function useStepUp(): StepUp {
  const { client } = useApp();
  const { profile } = useMoney();
  const task = useTask();
  const asked = useSignal<Asked | undefined>(undefined);
  const ask = async (work: Work) => {
    const answer = await client.askStepUp();
    if (!answer.ok) return answer.problem.code;
    const { nonce_demo: nonce, otp_demo: demoCode } = answer.value;
    asked.value = { nonce, demoCode, work };
    return undefined;
  };
  const prove = async ({ nonce, work }: Asked, otp: string) => {
    const answer = await client.stepUp({ body: { nonce, otp } });
    if (!answer.ok) return answer.problem.code;
    asked.value = undefined;
    await task.run(work);
    return undefined;
  };
  const now = asked.value;
  return {
    busy: task.busy,
    refused: task.refused,
    run: (work) =>
      task.run(async () => {
        const refused = await work();
        return refused === 'auth/step_up_required' ? ask(work) : refused;
      }),
    asking:
      now === undefined ? undefined : (
        <CodeStep
          key={now.nonce}
          email={profile.email}
          demoCode={now.demoCode}
          onBack={() => (asked.value = undefined)}
          again={() => ask(now.work)}
          submit={(otp) => prove(now, otp)}
        />
      ),
  };
}
