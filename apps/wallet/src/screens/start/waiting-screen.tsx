import { Screen } from '../../design/screen.tsx';

/** Nothing to show yet, for less than a moment: the ground, and no spinner. */
export function WaitingScreen() {
  return (
    <Screen surface="ground">
      <span />
    </Screen>
  );
}
