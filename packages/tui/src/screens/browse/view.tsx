import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { TableView } from '../../list/table-view.tsx';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { READING } from '../reading.ts';
import { browseHead, EMPTY_FOLDER, entryColumns, tickedLine } from './rows.ts';
import type { BrowseState } from './state.ts';

/** Rows above the list: the folder. And one below: what is ticked. */
export const BROWSE_HEAD_HEIGHT = 1;

export function entriesArea({ width, height }: Area): Area {
  return { width, height: height - BROWSE_HEAD_HEIGHT - 1 };
}

export function BrowseView({ state, area, ui }: ViewProps<BrowseState>) {
  const row = { width: area.width, height: 1 };
  return (
    <Box flexDirection="column">
      <Lines lines={[browseHead(state, area.width, ui.host.homeFolder)]} area={row} />
      <TableView
        table={state.table}
        columns={entryColumns(state)}
        area={entriesArea(area)}
        noun="entry"
        empty={state.entries === null ? READING : EMPTY_FOLDER}
      />
      <Lines lines={[tickedLine(state)]} area={row} />
    </Box>
  );
}
