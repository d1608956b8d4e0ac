/** Without the single spaces and dashes inside: how people copy numbers from paper. */
export function withoutSeparators(text: string): string {
  return text.replace(/(?<=[^ -])[ -](?=[^ -])/g, '');
}
