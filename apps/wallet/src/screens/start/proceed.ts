import type { App } from '../../app-context.ts';

/** After signing in: on to the PIN, or back to the money where a vault is open already. */
export async function proceed(app: App): Promise<void> {
  if (app.vault.state.value.kind === 'empty') {
    app.navigation.replace('choosePin');
    return;
  }
  await app.openMoney();
  app.navigation.replace('home');
}
