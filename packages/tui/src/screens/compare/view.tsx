import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { tabLine } from '../../components/tabs.ts';
import { TableView } from '../../list/table-view.tsx';
import { EMPTY } from '../../text/line.ts';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { READING } from '../reading.ts';
import { CHANGE_COLUMNS, changeSummary, NO_CHANGES, valueLines } from './rows.ts';
import type { CompareState } from './state.ts';

const HEAD_HEIGHT = 2;

export function compareBody({ width, height }: Area): Area {
  return { width, height: height - HEAD_HEIGHT };
}

export function CompareView({ state, area }: ViewProps<CompareState>) {
  const { comparison, tab, table } = state;
  const body = compareBody(area);
  const tabs = [
    { label: `Files ${table.rows.length}`, isHere: tab === 'files' },
    { label: 'Metrics and parameters', isHere: tab === 'values' },
  ];
  const head = [comparison ? changeSummary(comparison) : EMPTY, tabLine(tabs, area.width)];
  return (
    <Box flexDirection="column">
      <Lines lines={head} area={{ width: area.width, height: HEAD_HEIGHT }} />
      {tab === 'files' ? (
        <TableView
          table={table}
          columns={CHANGE_COLUMNS}
          area={body}
          noun="file"
          empty={comparison === null ? READING : NO_CHANGES}
        />
      ) : (
        <Lines
          lines={comparison === null ? READING : valueLines(comparison, body.width).slice(state.top)}
          area={body}
        />
      )}
    </Box>
  );
}
