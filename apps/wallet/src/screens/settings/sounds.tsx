import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Switch } from '../../design/switch.tsx';

/** What one hears and feels when money comes, and how to try it. */
export function Sounds() {
  const { speech, settings, feel } = useApp();
  const { sound, vibration } = settings;
  return (
    <Stack gap={3}>
      <Switch
        label={speech.text('settings.sound')}
        detail={speech.text('settings.soundMore')}
        on={sound.value === 'on'}
        onChange={(on) => (sound.value = on ? 'on' : 'off')}
      />
      {'vibrate' in navigator ? (
        <Switch
          label={speech.text('settings.vibration')}
          on={vibration.value === 'on'}
          onChange={(on) => (vibration.value = on ? 'on' : 'off')}
        />
      ) : undefined}
      <Button
        icon="sound"
        onPress={() => {
          feel('paid');
        }}
      >
        {speech.text('settings.trySound')}
      </Button>
    </Stack>
  );
}
