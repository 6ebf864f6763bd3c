import type { Binding } from '../keys/binding.ts';
import { listKeys } from './list-keys.ts';
import type { TableAction, TableState } from './table-state.ts';

export interface TableAccess<Screen, Row> {
  /** The table that keys act on now; `null` while another part of the screen has them. */
  readonly table: (screen: Screen) => TableState<Row> | null;
  readonly dispatch: (screen: Screen, action: TableAction<Row>) => void;
  /** Rows of the table that are visible. */
  readonly height: (screen: Screen) => number;
}

/** The keys of any table: moving, searching, sorting. */
export function tableKeys<Screen, Row>({
  table,
  dispatch,
  height,
}: TableAccess<Screen, Row>): Binding<Screen>[] {
  const isHere = (screen: Screen) => table(screen) !== null;
  const moving = listKeys<Screen>((screen, move) =>
    dispatch(screen, { type: 'moved', move, height: height(screen) }),
  );
  return [
    {
      keys: ['/'],
      label: 'search',
      help: 'search as you type',
      when: isHere,
      run: (screen) => dispatch(screen, { type: 'search-opened' }),
    },
    {
      keys: ['s'],
      label: 'sort',
      help: 'sort by the next column',
      when: isHere,
      run: (screen) => dispatch(screen, { type: 'sorted' }),
    },
    {
      keys: ['S'],
      label: 'turn the order round',
      quiet: true,
      when: isHere,
      run: (screen) => dispatch(screen, { type: 'reversed' }),
    },
    {
      keys: ['enter'],
      label: 'keep the search',
      whileTyping: true,
      when: (screen) => table(screen)?.search.isOpen ?? false,
      run: (screen) => dispatch(screen, { type: 'search-closed' }),
    },
    {
      keys: ['esc'],
      label: 'clear the search',
      whileTyping: true,
      when: (screen) => {
        const search = table(screen)?.search;
        return search !== undefined && (search.isOpen || search.field.text !== '');
      },
      run: (screen) => dispatch(screen, { type: 'search-cleared' }),
    },
    ...moving.map((binding) => ({
      ...binding,
      when: isHere,
      ...(binding.keys.some((key) => key === 'up' || key === 'down') && { whileTyping: true as const }),
    })),
  ];
}
