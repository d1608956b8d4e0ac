import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { useAmounts } from '../amounts.ts';
import { movedText } from './moved.ts';

/**
 * Once money has moved while one looks, it is said and the screen is done, whoever went on with
 * it: the person, or a sync beside them.
 */
export function useMoveEnd(): void {
  const { speech, navigation, toast } = useApp();
  const { loads } = useMoney();
  const amounts = useAmounts();
  const before = useRef(loads.moved.peek());
  useSignalEffect(() => {
    const moved = loads.moved.value;
    if (moved === undefined || moved === before.current) return;
    toast.value = movedText(moved, { speech, amounts });
    navigation.replace('home');
  });
  useEffect(() => loads.dismiss, [loads]);
}
