import { Box } from 'ink';
import { useMemo } from 'react';
import { Lines } from '../../components/lines.tsx';
import { HorizontalRule } from '../../components/rules.tsx';
import { tabLine } from '../../components/tabs.ts';
import { showCursor } from '../../list/list-state.ts';
import { TableView } from '../../list/table-view.tsx';
import { renderMarkdown } from '../../markdown/render.ts';
import { type Line, line } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { READING } from '../reading.ts';
import { MODEL_HEAD_HEIGHT, metricsHeight, modelBody } from './layout.ts';
import {
  headLines,
  metricChart,
  metricHeader,
  metricRow,
  NO_METRICS,
  NO_VERSIONS,
  versionColumns,
} from './rows.ts';
import { type ModelState, metricSeries } from './state.ts';

export function ModelView({ state, area, ui }: ViewProps<ModelState>) {
  const now = ui.host.now();
  const head = [...headLines(state.model, now), tabsOf(state, area.width)];
  const body = modelBody(area);
  return (
    <Box flexDirection="column">
      <Lines lines={head} area={{ width: area.width, height: MODEL_HEAD_HEIGHT }} />
      {state.tab === 'versions' && (
        <TableView
          table={state.table}
          columns={versionColumns(now)}
          area={body}
          noun="version"
          empty={state.model === null ? READING : NO_VERSIONS}
          markOf={({ version }) => (state.marked.includes(version) ? '•' : '')}
        />
      )}
      {state.tab === 'card' && <Card state={state} area={body} />}
      {state.tab === 'metrics' && <Metrics state={state} area={body} />}
    </Box>
  );
}

function tabsOf({ tab, table }: ModelState, width: number): Line {
  const count = table.rows.length;
  const tabs = [
    { label: `Versions ${count}`, isHere: tab === 'versions' },
    { label: 'Card', isHere: tab === 'card' },
    { label: 'Metrics', isHere: tab === 'metrics' },
  ];
  return tabLine(tabs, width);
}

/** The card's lines at a width. */
export function cardLines(card: string, width: number): Line[] {
  return renderMarkdown(card, width - 4).map((each) => line('  ', ...each));
}

function Card({ state, area }: { state: ModelState; area: Area }) {
  const card = state.model?.card ?? '';
  const lines = useMemo(() => cardLines(card, area.width), [card, area.width]);
  return <Lines lines={lines.slice(state.cardTop)} area={area} />;
}

function Metrics({ state, area }: { state: ModelState; area: Area }) {
  const { table, records } = state;
  const series = useMemo(() => metricSeries({ table, records }), [table, records]);
  if (series.length === 0)
    return <Lines lines={NO_METRICS.flatMap((each) => wrapLine(each, area.width - 2, '  '))} area={area} />;
  const { width } = area;
  const height = metricsHeight(area, series.length);
  const { cursor, top } = showCursor(state.metrics, { count: series.length, height });
  const rows = series
    .slice(top, top + height)
    .map((each, index) => metricRow(each, width, top + index === cursor));
  const chart = { width, height: area.height - height - 2 };
  return (
    <Box flexDirection="column">
      <Lines lines={[metricHeader(width), ...rows]} area={{ width, height: height + 1 }} />
      <HorizontalRule width={width} />
      <Lines lines={metricChart(series[cursor]!, width)} area={chart} />
    </Box>
  );
}
