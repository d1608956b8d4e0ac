import type { ComponentChildren } from 'preact';
import { useApp } from '../app-context.ts';
import { Bar } from '../design/screen.tsx';

interface TitleBarProps {
  readonly title: string;
  /** False where the body has its own title. */
  readonly heading?: boolean;
  readonly onBack?: () => void;
  readonly children?: ComponentChildren;
}

/** The way back and the screen's name. */
export function TitleBar({ title, heading = true, onBack, children }: TitleBarProps) {
  const { speech, navigation } = useApp();
  const onPress = onBack ?? navigation.back;
  return (
    <Bar
      title={title}
      heading={heading}
      leading={{ icon: 'back', label: speech.text('common.back'), onPress }}
    >
      {children}
    </Bar>
  );
}
