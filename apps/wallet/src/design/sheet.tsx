import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import './sheet.css';
import { Button } from './button.tsx';
import { Title } from './text.tsx';

interface SheetProps {
  readonly title: string;
  /** At most four rows, or a short form. */
  readonly children: ComponentChildren;
  /** Scrim, drag, Escape, and the button at its end. The way back of the phone is navigation/'s. */
  readonly onClose: () => void;
  /** The last button, named for where it goes back to: "Back to the code". Nothing: no button. */
  readonly back?: string;
}

/** A question over the screen, from the bottom. Focus stays inside and returns where it was. */
export function Sheet({ title, children, onClose, back }: SheetProps) {
  const id = useId();
  const sheet = useRef<HTMLElement>(null);
  useFocusInside(sheet, onClose);
  const drag = useDragDown(sheet, onClose);
  return (
    <div
      class="scrim"
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <section
        ref={sheet}
        class="sheet surface-card"
        role="dialog"
        aria-modal="true"
        aria-labelledby={id}
        tabIndex={-1}
      >
        <div class="sheet-grip" {...drag} />
        <Title level="part" id={id}>
          {title}
        </Title>
        {children}
        {back === undefined ? undefined : (
          <Button kind="second" onPress={onClose}>
            {back}
          </Button>
        )}
      </section>
    </div>
  );
}

const FOCUSABLE =
  'button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href], [tabindex="0"]';

/** Puts focus into it, keeps Tab inside, answers Escape, and gives focus back at the end. */
function useFocusInside(sheet: RefObject<HTMLElement | null>, onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    sheet.current?.focus();
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        close.current();
      } else if (event.key === 'Tab' && sheet.current !== null) {
        keepInside(event, sheet.current);
      }
    };
    document.addEventListener('keydown', listen, true);
    return () => {
      document.removeEventListener('keydown', listen, true);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [sheet]);
}

function keepInside(event: KeyboardEvent, inside: HTMLElement): void {
  const places = [...inside.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined) {
    event.preventDefault();
    return;
  }
  const { activeElement } = document;
  const away = !inside.contains(activeElement) || activeElement === inside;
  if (event.shiftKey && (activeElement === first || away)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && (activeElement === last || away)) {
    event.preventDefault();
    first.focus();
  }
}

/** Past this a drag closes; less springs back. */
const DRAG_CLOSES_PX = 80;

function useDragDown(sheet: RefObject<HTMLElement | null>, onClose: () => void) {
  const from = useRef<number | undefined>(undefined);
  const move = (by: number) => {
    if (sheet.current !== null) {
      sheet.current.style.transform = by > 0 ? `translateY(${String(by)}px)` : '';
    }
  };
  const end = (event: PointerEvent) => {
    if (from.current === undefined) return;
    const by = event.clientY - from.current;
    from.current = undefined;
    move(0);
    if (by > DRAG_CLOSES_PX) onClose();
  };
  return {
    onPointerDown(event: PointerEvent) {
      from.current = event.clientY;
      if (event.currentTarget instanceof Element) {
        event.currentTarget.setPointerCapture(event.pointerId);
      }
    },
    onPointerMove(event: PointerEvent) {
      if (from.current !== undefined) move(event.clientY - from.current);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
