import type { Route } from '@sikka/api';

/** What kind of bank this is, as far as it decides which rows of the table there are. */
export interface Mode {
  readonly demo: boolean;
  readonly production: boolean;
}

export function isServed(only: Route['only'], { demo, production }: Mode): boolean {
  switch (only) {
    case undefined:
      return true;
    case 'demo':
      return demo;
    case 'not_production':
      return !production;
  }
}
