import { useEffect, useState } from 'preact/hooks';

const MINUTE_MS = 60_000;

/** Draws the screen anew every minute, so that what says an age stays true. */
export function useMinute(): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setCount((count) => count + 1);
    }, MINUTE_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
}
