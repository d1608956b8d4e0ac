import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchProfile, keptProfile } from '../../account/profile.ts';
import type { Profile } from '../../account/profile.ts';
import { useApp, useMoney } from '../../app-context.ts';

/** What the bank said last of who one is, and asking again. */
export function useProfile(): { readonly profile: Profile; readonly refresh: () => Promise<void> } {
  const { vault, client } = useApp();
  const { profile } = useMoney();
  const latest = useSignal(profile);
  const state = vault.state.value;
  const drawer = state.kind === 'open' ? state.drawer : undefined;
  useEffect(() => {
    if (drawer === undefined) return;
    void keptProfile(drawer).then((kept) => {
      if (kept !== undefined) latest.value = kept;
    });
  }, [drawer, latest]);
  return {
    profile: latest.value,
    async refresh() {
      const fetched = drawer && (await fetchProfile(client, drawer));
      if (fetched?.ok === true) latest.value = fetched.profile;
    },
  };
}
