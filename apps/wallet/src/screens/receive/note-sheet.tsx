import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { MAX_NOTE } from './sale.ts';

interface NoteSheetProps {
  readonly note: Signal<string>;
  readonly onClose: () => void;
}

/** What is sold: for this shop's own list, the customer does not get it. */
export function NoteSheet({ note, onClose }: NoteSheetProps) {
  const { speech, navigation } = useApp();
  const typed = useSignal(note.value);
  useEffect(() => navigation.holdBack(onClose), [navigation, onClose]);
  const keep = () => {
    note.value = typed.value.trim();
    onClose();
  };
  return (
    <Sheet title={speech.text('receive.noteTitle')} onClose={onClose}>
      <Form onSubmit={keep}>
        <Field
          autoFocus
          label={speech.text('receive.noteField')}
          hint={speech.text('receive.noteHint')}
          maxLength={MAX_NOTE}
          value={typed.value}
          onInput={(value) => (typed.value = value)}
        />
        <Button onPress={keep}>{speech.text('common.done')}</Button>
      </Form>
    </Sheet>
  );
}
