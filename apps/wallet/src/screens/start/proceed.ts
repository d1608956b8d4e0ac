import { keptProfile } from '../../account/profile.ts';
import type { App } from '../../app-context.ts';

/**
 * After signing in: on to the PIN, or back to the money where a vault is open already. Answers the
 * code of a refusal, or nothing: a phone's money has one owner, and nobody else signs in over it.
 */
export async function proceed(app: App): Promise<string | undefined> {
  const { vault, client, session, navigation } = app;
  const state = vault.state.value;
  if (state.kind !== 'open') {
    navigation.replace('choosePin');
    return undefined;
  }
  const owner = await keptProfile(state.drawer);
  const me = owner && (await client.getMe());
  if (me?.ok === false) return me.problem.code;
  if (owner !== undefined && me?.value.id !== owner.account) {
    await session.end();
    return 'app/other_account';
  }
  await app.openMoney();
  navigation.replace('home');
  return undefined;
}
