import type { ComponentChildren } from 'preact';
import { useApp } from '../app-context.ts';
import { Button } from '../design/button.tsx';
import { Foot } from '../design/screen.tsx';

/** The foot of what is over: the way home, and other ways on below it. */
export function DoneFoot({ children }: { readonly children?: ComponentChildren }) {
  const { speech, navigation } = useApp();
  return (
    <Foot>
      <Button
        kind="primary"
        onPress={() => {
          navigation.replace('home');
        }}
      >
        {speech.text('common.done')}
      </Button>
      {children}
    </Foot>
  );
}
