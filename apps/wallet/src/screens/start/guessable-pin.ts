/** Whether somebody who picks up the phone would try it first: one digit, a run, two repeated. */
export function isGuessable(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, at) => digit - (digits[at] ?? 0));
  const run = steps.every((step) => step === steps[0]) && Math.abs(steps[0] ?? 2) <= 1;
  const pair = digits.every((digit, at) => digit === digits[at % 2]);
  const triple = digits.every((digit, at) => digit === digits[at % 3]);
  return run || pair || triple;
}
