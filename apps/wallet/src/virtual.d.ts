/// <reference types="vite/client" />

/** The package's version, by vite.config.ts. */
declare const __APP_VERSION__: string;

/** Made by build/thin-routes.ts from the names in account/routes.ts. */
declare module 'virtual:thin-routes' {
  import type { ThinRows } from '@sikka/api/thin';
  /** Only the rows of the named routes are there, whatever the type says. */
  export const THIN_ROUTES: ThinRows;
}

/** Made by build/catalogues.ts from i18n/app. */
declare module 'virtual:catalogues' {
  /** The address of each language's texts. */
  export const CATALOGUES: { readonly en: string; readonly ur: string };
}
