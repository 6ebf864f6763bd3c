import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { VerticalRule } from '../../components/rules.tsx';
import { tabLine } from '../../components/tabs.ts';
import { fieldLine } from '../../form/field-rows.ts';
import { showCursor } from '../../list/list-state.ts';
import { type Line, line, span } from '../../text/line.ts';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { READING } from '../reading.ts';
import { treeHeight, VERSION_HEAD_HEIGHT, versionBody, versionLayout } from './layout.ts';
import { packageLines } from './package-rows.ts';
import { lookLines, treeLine, versionDetails, versionHead } from './rows.ts';
import { hasSearch, selectedTreeRow, tabsOf, type VersionState } from './state.ts';

export function VersionView({ state, area, ui }: ViewProps<VersionState>) {
  const head = [...versionHead(state, ui.host.now()), tabs(state, area.width)];
  const body = versionBody(area);
  return (
    <Box flexDirection="column">
      <Lines lines={head} area={{ width: area.width, height: VERSION_HEAD_HEIGHT }} />
      {state.tab === 'files' ? (
        <Files state={state} area={area} />
      ) : (
        <Lines lines={textLines(state, body.width).slice(state.top)} area={body} />
      )}
    </Box>
  );
}

const LABELS = { files: 'Files', details: 'Details', package: 'Package' };

function tabs(state: VersionState, width: number): Line {
  const shown = tabsOf(state).map((tab) => ({ label: LABELS[tab], isHere: tab === state.tab }));
  return tabLine(shown, width);
}

/** The lines of the tabs that are text. */
export function textLines({ version, tab, manifest, curves }: VersionState, width: number): readonly Line[] {
  if (version === null) return READING;
  return tab === 'package' ? packageLines(version, manifest) : versionDetails(version, curves, width);
}

function Files({ state, area }: { state: VersionState; area: Area }) {
  const { tree, look } = versionLayout(area);
  const height = treeHeight(area, hasSearch(state));
  const { cursor, top } = showCursor(state.list, { count: state.rows.length, height });
  const rows = state.rows
    .slice(top, top + height)
    .map((row, index) => treeLine(row, tree.width, top + index === cursor));
  const lines = [...searchLines(state), ...(state.version === null ? READING : rows)];
  if (look === null) return <Lines lines={lines} area={tree} />;
  return (
    <Box>
      <Lines lines={lines} area={tree} />
      <VerticalRule height={tree.height} />
      <Lines lines={lookLines(selectedTreeRow(state), state.look, look.width)} area={look} />
    </Box>
  );
}

function searchLines(state: VersionState): Line[] {
  if (!hasSearch(state)) return [];
  const { field, isOpen } = state.search;
  const found = span(`  ${state.rows.length} found`, 'faint');
  return [line(span(' / ', 'key'), ...fieldLine(field, { width: 30, hasFocus: isOpen }), found)];
}
