import { useApp } from '../../app-context.ts';
import { Row, Rows } from '../../design/row.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { Text } from '../../design/text.tsx';
import { shareFile } from '../../platform/share.ts';
import { writeCsv } from '../../wallet/csv.ts';
import type { HistoryEntry } from '../../wallet/history.ts';
import { useHeldBack } from '../use-held-back.ts';
import { useTask } from '../use-task.ts';
import { useTable } from './use-history.ts';

interface ExportSheetProps {
  /** What the filter and the search let through. */
  readonly entries: readonly HistoryEntry[];
  readonly onClose: () => void;
}

/** The history as a file, on paper, or the bank's own list. */
export function ExportSheet({ entries, onClose }: ExportSheetProps) {
  const { speech, navigation, toast } = useApp();
  const { heads, rows } = useTable(entries);
  const task = useTask();
  useHeldBack(onClose);
  const saveTable = () =>
    task.run(async () => {
      const name = 'sikka-payments.csv';
      const content = writeCsv([heads, ...rows]);
      const shared = await shareFile({ name, type: 'text/csv', content });
      if (shared === 'saved') toast.value = speech.text('history.saved', { name });
      onClose();
      return undefined;
    });
  return (
    <Sheet
      title={speech.text('history.saveTitle')}
      onClose={onClose}
      back={speech.text('history.backToHistory')}
    >
      <Text tone="quiet">{speech.text('history.saveMore', { count: entries.length })}</Text>
      <Rows>
        <Row
          icon="file"
          title={<>{speech.text('history.asTable')}</>}
          onPress={() => void saveTable()}
        />
        <Row
          icon="print"
          title={<>{speech.text('history.asPaper')}</>}
          onPress={() => {
            onClose();
            // After the sheet is gone: the page is printed as it is then.
            setTimeout(() => {
              window.print();
            }, 50);
          }}
        />
        <Row
          icon="bank"
          title={<>{speech.text('history.bankStatement')}</>}
          detail={speech.text('history.bankStatementMore')}
          onPress={() => {
            onClose();
            navigation.go('statement');
          }}
        />
      </Rows>
    </Sheet>
  );
}
