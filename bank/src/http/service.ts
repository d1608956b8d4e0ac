import { openApi } from '@sikka/api';
import type { AnswerOf, Route, Routes } from '@sikka/api';
import type { Handlers } from '../caller.ts';
import { docsRoutes } from './docs.ts';
import { metricsRoute } from './metrics/index.ts';
import type { MetricsAccess } from './metrics/index.ts';
import { isServed } from './mode.ts';
import { homePage } from './page.ts';
import type { HomePage } from './page.ts';
import { styleSheet } from './style.ts';

export interface ServiceDeps extends HomePage, MetricsAccess {
  /** Resolves where the database answers, rejects where it does not. */
  readonly ping: () => Promise<void>;
  /** False while starting and stopping. */
  readonly isReady: () => boolean;
}

type ServiceRoutes =
  | 'getHome'
  | 'getStyle'
  | 'getHealth'
  | 'getReady'
  | 'getMetrics'
  | 'getDocs'
  | 'getDocsAsset'
  | 'getRedoc'
  | 'getRedocAsset'
  | 'getOpenApi';

/** What the service says about itself. */
export function serviceRoutes(deps: ServiceDeps): Handlers<ServiceRoutes> {
  const page = homePage(deps);
  const { version, production, demo } = deps;
  const serves = ({ only }: Route) => isServed(only, { production, demo });
  const described = JSON.parse(JSON.stringify(openApi({ version, serves }))) as AnswerOf<
    Routes['getOpenApi']
  >;
  return {
    getHome: async () => ({ ok: true, status: 200, value: page }),
    getStyle: async () => ({ ok: true, status: 200, value: styleSheet }),
    // A ping that fails is mapped like any other failure of the database: 503.
    getHealth: async () => {
      await deps.ping();
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
    getMetrics: metricsRoute(deps),
    ...docsRoutes(),
    getOpenApi: async () => ({ ok: true, status: 200, value: described }),
  };
}
