import type { ScreenTable } from '../screen-table.ts';
import { ChoosePinScreen } from './choose-pin-screen.tsx';
import { ForgotPasswordScreen } from './forgot-password-screen.tsx';
import { SignInScreen } from './sign-in-screen.tsx';
import { SignUpScreen } from './sign-up-screen.tsx';
import { WelcomeScreen } from './welcome-screen.tsx';

export const START_SCREENS: ScreenTable = {
  welcome: WelcomeScreen,
  signUp: SignUpScreen,
  signIn: SignInScreen,
  forgotPassword: ForgotPasswordScreen,
  choosePin: ChoosePinScreen,
};
