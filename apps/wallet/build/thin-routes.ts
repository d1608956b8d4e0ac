import { fileURLToPath } from 'node:url';
import type * as Api from '@sikka/api';
import { tsImport } from 'tsx/esm/api';
import type { Plugin } from 'vite';

const MODULE = 'virtual:thin-routes';
const LIST = fileURLToPath(new URL('../src/account/routes.ts', import.meta.url));

/**
 * `virtual:thin-routes`: what the thin client must know of the routes that the app calls, taken
 * from the table when the app is built, so that the page carries neither table nor schemas.
 */
export function thinRoutes(): Plugin {
  return {
    name: 'sikka:thin-routes',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      this.addWatchFile(LIST);
      // Node reads no TypeScript by itself, and Vite leaves packages to Node here.
      const { thinRows } = (await tsImport('@sikka/api', import.meta.url)) as typeof Api;
      const { CALLED_ROUTES } = (await tsImport(LIST, import.meta.url)) as {
        readonly CALLED_ROUTES: readonly Api.RouteName[];
      };
      return `export const THIN_ROUTES = ${JSON.stringify(thinRows(CALLED_ROUTES))};`;
    },
  };
}
