import type { App } from '../../app-context.ts';

/**
 * After signing in: on to the PIN, or back to the money where a vault is open already. A phone's
 * money has one owner, and nobody else signed in over it: `Session.confirm` saw to that.
 */
export async function proceed({ vault, navigation, openMoney }: App): Promise<undefined> {
  if (vault.state.value.kind !== 'open') {
    navigation.replace('choosePin');
    return;
  }
  await openMoney();
  navigation.replace('home');
}
