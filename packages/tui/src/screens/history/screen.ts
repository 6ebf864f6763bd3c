import { formatCount } from '@cairn/core/units';
import { line, span } from '../../text/line.ts';
import { ask } from '../ask/screen.ts';
import { type ListScreen, listScreen, selectedIn } from '../list-screen/list-screen.tsx';
import { aliasQuestion, rollbackQuestion } from '../questions/alias.ts';
import { EVENT_COLUMNS, EVENTS_TABLE, type EventRow, NO_EVENTS } from './rows.ts';

type HistoryScreen = ListScreen<string, EventRow>;

const needsAlias = (screen: HistoryScreen): string | null =>
  selectedIn(screen)?.alias ? null : 'select what happened to an alias';

/** What happened to a model, newest first. */
export const history = listScreen<string, EventRow>({
  name: 'history',
  trail: (model) => [model, 'history'],
  table: EVENTS_TABLE,
  columns: () => EVENT_COLUMNS,
  noun: 'event',
  empty: NO_EVENTS,
  watches: (model) => [model],
  read: async ({ library, registry }, model, signal) => {
    const events = await library.modelEvents(registry, model, { signal });
    const rows = events.map((event, index) => ({ ...event, place: events.length - index }));
    return { rows, head: line(' ', span(formatCount(rows.length, 'event'), 'faint')) };
  },
  bindings: [
    {
      keys: ['b'],
      label: 'roll back',
      help: 'give the alias back what it stood for before its last move',
      refusal: needsAlias,
      run: (screen) => {
        const { ui, state } = screen;
        ui.router.open(ask, rollbackQuestion(ui, { model: state.params, alias: selectedIn(screen)!.alias! }));
      },
    },
    {
      keys: ['a'],
      label: 'set again',
      help: 'let the alias stand for the version that it was set to there',
      refusal: (screen) =>
        needsAlias(screen) ?? (selectedIn(screen)!.to ? null : 'it stood for nothing then'),
      run: (screen) => {
        const { ui, state } = screen;
        const { alias, to } = selectedIn(screen)!;
        ui.router.open(ask, aliasQuestion(ui, { model: state.params, version: to!, alias: alias! }));
      },
    },
  ],
});
