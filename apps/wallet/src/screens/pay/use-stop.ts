import { useEffect, useRef } from 'preact/hooks';

/** Ends what goes on over the air when the screen is left. */
export function useStop(): AbortSignal {
  const controller = useRef<AbortController | undefined>(undefined);
  controller.current ??= new AbortController();
  const { current } = controller;
  useEffect(
    () => () => {
      current.abort();
    },
    [current],
  );
  return current.signal;
}
