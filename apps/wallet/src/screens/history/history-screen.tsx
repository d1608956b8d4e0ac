import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Chips } from '../../design/choice.tsx';
import { Stack } from '../../design/layout.tsx';
import { Empty } from '../../design/notice.tsx';
import { OnPaper } from '../../design/on-paper.tsx';
import { Row, Rows } from '../../design/row.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { SearchField } from '../../design/search-field.tsx';
import { Text } from '../../design/text.tsx';
import { lookThrough } from '../../wallet/history.ts';
import type { HistoryFilter } from '../../wallet/history.ts';
import { Flash } from '../flash.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useMinute } from '../use-minute.ts';
import { Days } from './days.tsx';
import { ExportSheet } from './export-sheet.tsx';
import { useHistory, useSearchText, useTable } from './use-history.ts';

/** What was paid, received and moved: filters, search, files, paper. */
export function HistoryScreen() {
  const { speech, times, now } = useApp();
  useMinute();
  const all = useHistory();
  const filter = useSignal<HistoryFilter>('all');
  const query = useSignal<string | undefined>(undefined);
  const exporting = useSignal(false);
  const textOf = useSearchText();
  const shown = lookThrough(all, { filter: filter.value, query: query.value ?? '', textOf });
  const table = useTable(shown);
  if (all.length === 0) return <NothingYet />;
  const { name, heads, rows } = table;
  return (
    <Screen>
      <OnPaper
        title={speech.text('history.paperTitle', { name })}
        more={speech.text('history.paperMore', { day: times.moment(now()) })}
        heads={heads}
        rows={rows}
      />
      <TitleBar title={speech.text('history.history')}>
        <IconButton
          icon="search"
          label={speech.text('history.search')}
          pressed={query.value !== undefined}
          onPress={() => {
            query.value = query.value === undefined ? '' : undefined;
          }}
        />
        <IconButton
          icon="save"
          label={speech.text('history.save')}
          onPress={() => {
            exporting.value = true;
          }}
        />
      </TitleBar>
      <Body>
        <Look filter={filter} query={query} />
        {shown.length === 0 ? <NothingFound filter={filter} query={query} /> : undefined}
        <Days entries={shown} />
        <Checked />
      </Body>
      <Flash />
      {exporting.value ? (
        <ExportSheet
          entries={shown}
          onClose={() => {
            exporting.value = false;
          }}
        />
      ) : undefined}
    </Screen>
  );
}

interface LookProps {
  readonly filter: Signal<HistoryFilter>;
  readonly query: Signal<string | undefined>;
}

function Look({ filter, query }: LookProps) {
  const { speech } = useApp();
  return (
    <Stack gap={3}>
      {query.value === undefined ? undefined : (
        <SearchField
          label={speech.text('history.searchLabel')}
          clearLabel={speech.text('history.clear')}
          value={query.value}
          onInput={(typed) => (query.value = typed)}
          autoFocus
        />
      )}
      <Chips
        label={speech.text('history.which')}
        value={filter.value}
        onChange={(value) => (filter.value = value)}
        options={[
          { value: 'all', title: speech.text('history.all') },
          { value: 'open', title: speech.text('history.open') },
          { value: 'out', title: speech.text('history.out') },
          { value: 'in', title: speech.text('history.in') },
          { value: 'rejected', title: speech.text('history.refused') },
        ]}
      />
    </Stack>
  );
}

function NothingFound({ filter, query }: LookProps) {
  const { speech } = useApp();
  return (
    <Empty
      title={speech.text('history.nothingFound')}
      text={speech.text('history.nothingFoundMore')}
      icon="search"
    >
      <Button
        kind="second"
        onPress={() => {
          filter.value = 'all';
          query.value = undefined;
        }}
      >
        {speech.text('history.showAll')}
      </Button>
    </Empty>
  );
}

/** The journal is always true; what the bank said has an age. */
function Checked() {
  const { speech, times } = useApp();
  const { lastAt } = useMoney().sync.standing.value;
  return (
    <Text size="small" tone="quiet" center>
      {lastAt === undefined
        ? speech.text('common.notSynced')
        : speech.text('history.checked', { ago: times.ago(lastAt) })}
    </Text>
  );
}

/** Teaches the states while there is nothing to show. */
function NothingYet() {
  const { speech, navigation } = useApp();
  const states = [
    ['given', 'common.stateGiven', 'history.givenMore'],
    ['received', 'common.stateReceived', 'history.receivedMore'],
    ['sent', 'common.stateSent', 'history.sentMore'],
    ['settled', 'common.stateSettled', 'history.settledMore'],
  ] as const;
  return (
    <Screen>
      <TitleBar title={speech.text('history.history')} heading={false} />
      <Body place="middle">
        <Empty title={speech.text('history.noneTitle')} text={speech.text('history.noneMore')}>
          <Rows>
            {states.map(([state, word, more]) => (
              <Row
                key={state}
                state={state}
                title={<>{speech.text(word)}</>}
                detail={speech.text(more)}
              />
            ))}
          </Rows>
        </Empty>
      </Body>
      <Foot>
        <Button
          kind="primary"
          icon="scan"
          onPress={() => {
            navigation.go('scan');
          }}
        >
          {speech.text('history.scanToPay')}
        </Button>
      </Foot>
    </Screen>
  );
}
