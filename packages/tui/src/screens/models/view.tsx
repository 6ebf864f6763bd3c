import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { HorizontalRule, VerticalRule } from '../../components/rules.tsx';
import { selectedRow } from '../../list/table-state.ts';
import { TableView } from '../../list/table-view.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { READING } from '../reading.ts';
import { modelsLayout } from './layout.ts';
import { detailLines, modelColumns, NO_MODELS } from './rows.ts';
import type { ModelsState } from './state.ts';

export function ModelsView({ state, area, ui }: ViewProps<ModelsState>) {
  const { list, panel } = modelsLayout(area);
  const table = (
    <TableView
      table={state.table}
      columns={modelColumns(ui.host.now())}
      area={list}
      noun="model"
      empty={state.isRead ? NO_MODELS : READING}
    />
  );
  if (panel === null) return table;
  const isBeside = panel.side === 'right';
  return (
    <Box flexDirection={isBeside ? 'row' : 'column'}>
      {table}
      {isBeside ? <VerticalRule height={panel.height} /> : <HorizontalRule width={area.width} />}
      <Box marginLeft={isBeside ? 0 : 1}>
        <Lines lines={panelLines(state, panel.width)} area={panel} />
      </Box>
    </Box>
  );
}

/** Of the selected model. While it is being read the one before stays, so that nothing flickers. */
function panelLines({ table, details }: ModelsState, width: number) {
  if (details === null || selectedRow(table) === null) return [];
  return detailLines(details, width);
}
