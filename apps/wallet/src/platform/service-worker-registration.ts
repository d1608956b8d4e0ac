/**
 * Lets the app start without a network. In Chromium the script's address is a Trusted Type, so the
 * one policy of this page (`sikka-script-url`, see the bank's headers) names that one script.
 */
export async function registerServiceWorker(): Promise<void> {
  const address = '/app/service-worker.js';
  if (!('serviceWorker' in navigator)) return;
  const url = scriptUrl(address);
  try {
    await navigator.serviceWorker.register(url, { scope: '/app/' });
  } catch {
    // A private window has none: the app works, and needs the network to start.
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

function scriptUrl(address: string): string {
  const types = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = types?.createPolicy('sikka-script-url', {
    createScriptURL: (asked) => {
      if (asked !== address) throw new TypeError(`not a script of this app: ${asked}`);
      return asked;
    },
  });
  return policy?.createScriptURL(address) ?? address;
}
