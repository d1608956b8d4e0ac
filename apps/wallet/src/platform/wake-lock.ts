/**
 * Keeps the screen on while a code is shown. The system lets go when the page is hidden, so it is
 * asked again when somebody looks. Answers how to let go.
 */
export function keepScreenOn(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (over || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      const given = await navigator.wakeLock.request('screen');
      if (over) await given.release();
      else lock = given;
    } catch {
      // Low battery: the screen goes off as it always does.
    }
  };
  const look = () => void ask();
  document.addEventListener('visibilitychange', look);
  void ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', look);
    void lock?.release().catch(() => undefined);
  };
}
