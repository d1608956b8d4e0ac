import { useApp } from '../../app-context.ts';
import { BigChoice } from '../../design/choice.tsx';
import { Coin } from '../../design/coin.tsx';
import { Stack } from '../../design/layout.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';

/**
 * The first screen: both languages beside each other, one tap decides. Its words are here, because
 * no catalogue is loaded before a language is chosen.
 */
export function LanguageScreen() {
  const { language } = useApp().settings;
  return (
    <Screen surface="ground">
      <Body>
        <Stack gap={3} grows="middle" center>
          <Coin size="hero" />
          <h1 class="welcome-name">
            Sikka <span lang="ur">سکّہ</span>
          </h1>
          <Text tone="quiet" center>
            Pay and get paid without a network
          </Text>
          <p class="text tone-quiet center" lang="ur" dir="rtl">
            نیٹ ورک کے بغیر رقم دیں اور لیں
          </p>
        </Stack>
        <Stack gap={3}>
          <BigChoice
            title="اردو"
            detail="اردو میں آگے بڑھیں"
            language="ur"
            onPress={() => {
              language.value = 'ur';
            }}
          />
          <BigChoice
            title="English"
            detail="Continue in English"
            language="en"
            onPress={() => {
              language.value = 'en';
            }}
          />
          <Text size="small" tone="quiet" center>
            You can change this later
          </Text>
          <p class="text text-small tone-quiet center" lang="ur" dir="rtl">
            یہ بعد میں بدل سکتے ہیں
          </p>
        </Stack>
      </Body>
    </Screen>
  );
}
