import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { TableView } from '../../list/table-view.tsx';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { fileHead, fileText, TENSOR_COLUMNS } from './rows.ts';
import type { FileState } from './state.ts';

/** The room of the table of tensors. */
export function tensorsArea(state: FileState, { width, height }: Area): Area {
  return { width, height: Math.max(3, height - fileHead(state).length) };
}

export function FileView({ state, area }: ViewProps<FileState>) {
  const head = fileHead(state);
  if (state.table.rows.length === 0)
    return <Lines lines={[...head, ...fileText(state)].slice(state.top)} area={area} />;
  const table = tensorsArea(state, area);
  return (
    <Box flexDirection="column">
      <Lines lines={head} area={{ width: area.width, height: area.height - table.height }} />
      <TableView table={state.table} columns={TENSOR_COLUMNS} area={table} noun="tensor" empty={[]} />
    </Box>
  );
}
