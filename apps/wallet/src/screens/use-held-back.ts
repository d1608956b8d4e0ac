import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app-context.ts';

/** While `close` is given, Back (the phone's own as well) closes a step instead of the screen. */
export function useHeldBack(close: (() => void) | undefined): void {
  const { navigation } = useApp();
  const latest = useRef(close);
  latest.current = close;
  const holds = close !== undefined;
  useEffect(
    () => (holds ? navigation.holdBack(() => latest.current?.()) : undefined),
    [navigation, holds],
  );
}
