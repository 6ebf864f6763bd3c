import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { tabLine } from '../../components/tabs.ts';
import { shortPath } from '../../files/short-path.ts';
import { formLines } from '../../form/form-rows.ts';
import type { FormState } from '../../form/form-state.ts';
import { textField } from '../../form/text-field.ts';
import { tableState } from '../../list/table-state.ts';
import { TableView } from '../../list/table-view.tsx';
import { EMPTY } from '../../text/line.ts';
import type { Area, Ui, ViewProps } from '../../ui/ui.ts';
import { nameRefusal } from '../name-check.ts';
import { firstProblem } from './problems.ts';
import {
  fieldTexts,
  noSources,
  pickedLines,
  placeLine,
  shownText,
  sourceColumns,
  sourcesSummary,
  stepTabs,
  summaryLines,
} from './rows.ts';
import { formOf, type NewVersionState, prefixIn, roleOf, selectedSource } from './state.ts';

/** Rows above the step: the tabs, and a line of their own. */
const HEAD_HEIGHT = 2;

export function stepBody({ width, height }: Area): Area {
  return { width, height: height - HEAD_HEIGHT };
}

export function versionCheck(ui: Ui): (name: string) => string | null {
  return (name) => nameRefusal(ui.library.checkVersionName, name);
}

export function NewVersionView({ state, area, ui }: ViewProps<NewVersionState>) {
  const body = stepBody(area);
  const check = versionCheck(ui);
  const head = [tabLine(stepTabs(state, check), area.width), placeLine(state)];
  return (
    <Box flexDirection="column">
      <Lines lines={head} area={{ width: area.width, height: HEAD_HEIGHT }} />
      {roleOf(state) !== null ? (
        <Sources state={state} area={body} homeFolder={ui.host.homeFolder} />
      ) : (
        <Lines lines={textLines(state, ui, body.width)} area={body} />
      )}
    </Box>
  );
}

function textLines(state: NewVersionState, ui: Ui, width: number) {
  const check = versionCheck(ui);
  const form = formOf(state);
  if (form === null)
    return summaryLines(state, firstProblem(state, check), { width, homeFolder: ui.host.homeFolder });
  const lines = formLines(
    withChoices(state, form),
    fieldTexts(state, check, ui.keyring && shortPath(ui.keyring.folder, ui.host.homeFolder)),
    width,
  );
  return state.step === 'manifest' ? [...lines, EMPTY, ...pickedLines(state, width)] : lines;
}

/** The form with what is chosen shown as a choice, the cursor out of the way. */
function withChoices(state: NewVersionState, form: FormState<string>): FormState<string> {
  const fields = Object.entries(form.fields).map(([name, field]) => {
    const text = shownText(state, name, field.text);
    return [name, text === field.text ? field : textField(text)] as const;
  });
  return { ...form, fields: Object.fromEntries(fields) };
}

interface SourcesProps {
  readonly state: NewVersionState;
  readonly area: Area;
  readonly homeFolder: string;
}

function Sources({ state, area, homeFolder }: SourcesProps) {
  const role = roleOf(state)!;
  const rows = state.sources[role];
  const table = {
    ...tableState({ column: '', descending: false }, rows),
    list: state.list,
  };
  const list = { width: area.width, height: area.height - 1 };
  return (
    <Box flexDirection="column">
      <TableView
        table={table}
        columns={sourceColumns(prefixIn(state, role), homeFolder)}
        area={list}
        noun="source"
        empty={noSources(state)}
      />
      <Lines lines={[sourcesSummary(rows, selectedSource(state))]} area={{ width: area.width, height: 1 }} />
    </Box>
  );
}
