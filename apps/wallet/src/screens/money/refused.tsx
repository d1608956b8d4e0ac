import { useApp, useMoney } from '../../app-context.ts';
import { Notice } from '../../design/notice.tsx';
import { sentenceOf } from '../../language/refusal.ts';

/** Why a move did not begin (`code`), or why the last one ended with nothing moved. */
export function Refused({ code }: { readonly code: string | undefined }) {
  const { speech } = useApp();
  const { loads } = useMoney();
  const said = code ?? loads.refused.value;
  if (said === undefined) return null;
  return (
    <Notice icon="alert" tone="bad" urgent>
      {sentenceOf(speech, said)}
    </Notice>
  );
}
