import { createFileRail } from './files.ts';
import type { FileRailOptions } from './files.ts';
import type { BankRail } from './rail.ts';
import { createSimulatedRail } from './simulated.ts';

export type RailSettings =
  | { readonly kind: 'simulated' | 'none' }
  | ({ readonly kind: 'files' } & Pick<FileRailOptions, 'dir' | 'account'>);

/** The rail that the settings name; `none` refuses every order and payout. */
export function openRail(
  settings: RailSettings & Pick<FileRailOptions, 'pool' | 'vault' | 'warn'>,
): BankRail {
  switch (settings.kind) {
    case 'simulated':
      return createSimulatedRail();
    case 'files':
      return createFileRail(settings);
    case 'none':
      return {
        name: 'none',
        order: async () => 'rejected',
        pay: async () => 'rejected',
        send: async () => 0,
        collect: async () => 0,
      };
  }
}
