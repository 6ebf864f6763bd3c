import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { TableView } from '../../list/table-view.tsx';
import { EMPTY, line } from '../../text/line.ts';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { TENSOR_CHANGE_COLUMNS, tensorsHead } from './rows.ts';
import type { TensorsState } from './state.ts';

const HEAD_HEIGHT = 3;

export function tensorsBody({ width, height }: Area): Area {
  return { width, height: height - HEAD_HEIGHT };
}

const NO_CHANGES = [EMPTY, line('  All tensors are the same; what differs is around them.')];

export function TensorsView({ state, area }: ViewProps<TensorsState>) {
  const { comparison, table } = state;
  const head = tensorsHead(state, area.width);
  const isCompared = comparison !== null && comparison !== 'none';
  return (
    <Box flexDirection="column">
      <Lines lines={head} area={{ width: area.width, height: HEAD_HEIGHT }} />
      {isCompared && (
        <TableView
          table={table}
          columns={TENSOR_CHANGE_COLUMNS}
          area={tensorsBody(area)}
          noun="tensor"
          empty={NO_CHANGES}
        />
      )}
    </Box>
  );
}
