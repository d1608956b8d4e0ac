import { openApi } from '@sikka/api';
import type { AnswerOf, Routes } from '@sikka/api';
import type { Handlers } from '../caller.ts';
import { homePage } from './page.ts';
import type { HomePage } from './page.ts';
import { styleSheet } from './style.ts';

export interface ServiceDeps extends HomePage {
  /** Resolves where the database answers, rejects where it does not. */
  readonly ping: () => Promise<void>;
  /** False while starting and stopping. */
  readonly isReady: () => boolean;
}

type ServiceRoutes = 'getHome' | 'getStyle' | 'getHealth' | 'getReady' | 'getOpenApi';

/** What the service says about itself. */
export function serviceRoutes(deps: ServiceDeps): Handlers<ServiceRoutes> {
  const page = homePage(deps);
  const described = JSON.parse(JSON.stringify(openApi({ version: deps.version }))) as AnswerOf<
    Routes['getOpenApi']
  >;
  return {
    getHome: async () => ({ ok: true, status: 200, value: page }),
    getStyle: async () => ({ ok: true, status: 200, value: styleSheet }),
    // A ping that fails is mapped like any other failure of the database: 503.
    getHealth: async () => {
      await deps.ping();
      const { version } = deps;
      const value = { status: 'healthy', database: 'connected', version } as const;
      return { ok: true, status: 200, value };
    },
    getReady: async ({ now }) => {
      if (!deps.isReady()) {
        return {
          ok: false,
          code: 'server/unavailable',
          detail: 'The bank is starting or stopping.',
        };
      }
      await deps.ping();
      return { ok: true, status: 200, value: { status: 'ready', server_time: now.toISOString() } };
    },
    getOpenApi: async () => ({ ok: true, status: 200, value: described }),
  };
}
