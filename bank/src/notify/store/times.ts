/** A length of time as PostgreSQL reads it, for `notify_now()`: the only clock of what is due. */
export function milliseconds(count: number): string {
  return `${count} milliseconds`;
}
