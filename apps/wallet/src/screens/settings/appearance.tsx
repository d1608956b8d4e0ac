import { useApp } from '../../app-context.ts';
import { Choice, Chips } from '../../design/choice.tsx';
import { Stack } from '../../design/layout.tsx';
import { Switch } from '../../design/switch.tsx';
import { Text } from '../../design/text.tsx';

/** Language, colours, size of text, digits: at once, and before the first paint the next time. */
export function Appearance() {
  const { speech, settings } = useApp();
  const { language, theme, text, contrast, digits } = settings;
  return (
    <Stack gap={3}>
      <Choice
        label={speech.text('settings.language')}
        options={[
          { value: 'ur', title: 'اردو' },
          { value: 'en', title: 'English' },
        ]}
        value={language.value}
        onChange={(chosen) => (language.value = chosen)}
      />
      <Text size="small" tone="quiet">
        {speech.text('settings.theme')}
      </Text>
      <Chips
        wraps
        label={speech.text('settings.theme')}
        options={[
          { value: 'system', title: speech.text('settings.asPhone') },
          { value: 'light', title: speech.text('settings.light') },
          { value: 'dark', title: speech.text('settings.dark') },
        ]}
        value={theme.value}
        onChange={(chosen) => (theme.value = chosen)}
      />
      <Text size="small" tone="quiet">
        {speech.text('settings.textSize')}
      </Text>
      <Chips
        wraps
        label={speech.text('settings.textSize')}
        options={[
          { value: 'normal', title: speech.text('settings.normal') },
          { value: 'l', title: speech.text('settings.large') },
          { value: 'xl', title: speech.text('settings.veryLarge') },
        ]}
        value={text.value}
        onChange={(chosen) => (text.value = chosen)}
      />
      <Switch
        label={speech.text('settings.contrast')}
        on={contrast.value === 'more'}
        onChange={(on) => (contrast.value = on ? 'more' : 'system')}
      />
      {language.value === 'ur' ? (
        <Switch
          label={speech.text('settings.urduDigits')}
          on={digits.value === 'urdu'}
          onChange={(on) => (digits.value = on ? 'urdu' : 'western')}
        />
      ) : undefined}
    </Stack>
  );
}
