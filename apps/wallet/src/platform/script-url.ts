/**
 * The page takes no address of a script that is a mere text (Trusted Types): this is the one
 * policy, and it knows the app's own scripts only.
 */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

/** The service worker, and workers that the build names by their content. */
const OURS = /^\/app\/(?:service-worker|assets\/[\w-]+)\.js$/;

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/**
 * The address as the browser takes it.
 * @throws TypeError for any script that is not the app's.
 */
export function scriptUrl(address: string): string {
  const types = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= types?.createPolicy('sikka-script-url', { createScriptURL: ours });
  // The browser's own type, which it takes where a text is asked for.
  return policy?.createScriptURL(address) ?? ours(address);
}

function ours(address: string): string {
  if (!OURS.test(address)) throw new TypeError('not a script of this app');
  return address;
}
