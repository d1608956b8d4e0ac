const msPerDay = 86_400_000;

/** Times in documents are whole seconds (spec/identifiers.md), so keys begin and end on one. */
export function wholeSeconds(time: Date): Date {
  return new Date(secondsOf(time) * 1000);
}

export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

export function addDays(time: Date, days: number): Date {
  return new Date(time.getTime() + days * msPerDay);
}
