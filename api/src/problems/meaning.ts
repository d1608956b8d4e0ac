/** What a code means: its HTTP status, its title, and what the caller can do about it. */
export interface ProblemMeaning {
  /** 0 for what a client found out by itself, without an answer. */
  readonly status: number;
  readonly title: string;
  /** True where the very same request may succeed later. */
  readonly transient: boolean;
  readonly advice: string;
}

/** The same request will be refused again. */
export function no(status: number, title: string, advice: string): ProblemMeaning {
  return { status, title, transient: false, advice };
}

/** The very same request may succeed later. */
export function later(status: number, title: string, advice: string): ProblemMeaning {
  return { status, title, transient: true, advice };
}
