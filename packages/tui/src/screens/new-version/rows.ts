import { formatCount, formatSize, formatTime } from '@cairn/core/units';
import { shortPath } from '../../files/short-path.ts';
import type { FieldText } from '../../form/form-rows.ts';
import { textOf } from '../../form/form-state.ts';
import { parseLabels } from '../../form/labels.ts';
import type { Column } from '../../list/table.ts';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { failureLines } from '../../ui/failure-rows.ts';
import { strengthOf } from './passphrase.ts';
import {
  againProblem,
  METRICS_PROBLEM,
  type NameCheck,
  PARAMS_PROBLEM,
  parseMetrics,
  passphraseProblem,
  stepProblem,
  versionProblem,
} from './problems.ts';
import type { SourceRow } from './sources.ts';
import { choicesOf, type NewVersionState, prefixIn, roleOf, type Step, stepsOf, typeOf } from './state.ts';

const STEP_LABELS: Readonly<Record<Step, string>> = {
  name: 'Name',
  files: 'Files',
  hooks: 'Hooks',
  manifest: 'Manifest',
  encryption: 'Encryption',
  details: 'Details',
  summary: 'Summary',
};

/** The steps side by side, those that are done with a tick. */
export function stepTabs(
  state: NewVersionState,
  check: NameCheck,
): readonly { readonly label: string; readonly isHere: boolean }[] {
  return stepsOf(state).map((step) => {
    const isDone = step !== 'summary' && stepProblem(state, step, check) === null;
    const label = STEP_LABELS[step];
    return { label: isDone ? `${label} ✓` : label, isHere: step === state.step };
  });
}

/** The text of a choice: what is chosen between arrows, so that it is seen how to change it. */
export function choiceText(value: string): string {
  return `◂ ${value} ▸`;
}

/** What the form of a step says of each of its fields. */
export function fieldTexts(
  state: NewVersionState,
  check: NameCheck,
  keyringFolder: string | null,
): Record<string, FieldText> {
  const { forms } = state;
  const text = (name: string, label: string, more: Partial<FieldText> = {}) => ({
    [name]: { label, problem: null, ...more },
  });
  if (state.step === 'name') {
    return {
      ...text('version', 'version', { problem: versionProblem(state, check), about: 'it never changes' }),
      ...text('type', 'type', { about: TYPES_ABOUT[typeOf(state)] }),
      ...text('base', 'made from', { about: 'the version that this one was made from' }),
    };
  }
  if (state.step === 'manifest') {
    return {
      ...text('origin', 'manifest', {
        about: 'generated from what is said here, or a file: Ctrl-O picks it',
      }),
      ...text('framework', 'framework', { about: 'of a generated manifest' }),
    };
  }
  if (state.step === 'encryption') {
    const passphrase = textOf(forms.encryption, 'passphrase');
    const { bits, word } = strengthOf(passphrase);
    const strength = `${word}: about ${Math.round(bits)} bits`;
    const isProposed = passphrase === state.proposed;
    return {
      ...text('way', 'opened with', {
        about:
          textOf(forms.encryption, 'way') === 'key'
            ? `the model's own key, made on first use; it lies in ${keyringFolder}, so keep a copy of it`
            : 'whoever knows the passphrase; nobody can find it out again',
      }),
      ...text('passphrase', 'passphrase', {
        problem: passphraseProblem(state),
        about: isProposed ? `${strength}; proposed, so write it down` : strength,
        hidden: !isProposed,
      }),
      ...text('again', 'once more', { problem: againProblem(state), hidden: true }),
    };
  }
  const { details } = forms;
  return {
    ...text('description', 'description', { about: 'what is new in it' }),
    ...text('metrics', 'metrics', {
      placeholder: 'mae=1.92 accuracy=0.93',
      problem: parseMetrics(textOf(details, 'metrics')) === null ? METRICS_PROBLEM : null,
    }),
    ...text('params', 'parameters', {
      placeholder: 'epochs=40 rate=1e-3',
      problem: parseLabels(textOf(details, 'params')) === null ? PARAMS_PROBLEM : null,
    }),
    ...text('labels', 'labels', {
      placeholder: 'stage=test',
      problem: parseLabels(textOf(details, 'labels')) === null ? PARAMS_PROBLEM : null,
    }),
    ...text('framework', 'framework', { placeholder: 'pytorch' }),
  };
}

const TYPES_ABOUT = {
  plaintext: 'files as they are',
  packaged: 'model files, hooks and a manifest, to be loaded and run',
  'packaged-encrypted': 'a package that is sealed, names and contents',
};

export function sourceColumns(prefix: string, homeFolder: string): Column<SourceRow>[] {
  return [
    {
      name: 'name',
      header: 'SOURCE',
      text: ({ path, kind, name }) => (kind === 'origin' ? name : shortPath(path, homeFolder)),
      tone: 'name',
      shrinksTo: 16,
    },
    {
      name: 'place',
      header: 'GOES TO',
      text: ({ place, kind, name }) => {
        const folder = [prefix, place].filter((part) => part !== '').join('/');
        if (kind === 'file') return folder === '' ? name : `${folder}/${name}`;
        return `${folder}/`;
      },
      shrinksTo: 10,
    },
    { name: 'files', header: 'FILES', align: 'right', text: filesText, leaves: 1 },
    { name: 'size', header: 'SIZE', align: 'right', text: sizeText },
    {
      name: 'time',
      header: 'CHANGED',
      text: ({ modifiedAt }) => formatTime(modifiedAt),
      tone: 'faint',
      leaves: 2,
    },
  ];
}

function filesText({ counted }: SourceRow): string {
  if (counted === null) return '…';
  return 'problem' in counted ? '' : String(counted.files);
}

function sizeText({ counted }: SourceRow): string {
  if (counted === null) return '…';
  return 'problem' in counted ? 'cannot be stored' : formatSize(counted.size);
}

export function noSources(state: NewVersionState): Line[] {
  const what = roleOf(state) === 'hook' ? 'hook files' : 'files';
  return [
    EMPTY,
    line(`  No ${what} yet.`),
    EMPTY,
    line(
      '  ',
      span('a', 'key'),
      ' picks some; ',
      span('i', 'key'),
      ' picks a run of MLflow or a model of BentoML.',
    ),
  ];
}

/** Files and bytes of a list, and what is wrong with the selected source. */
export function sourcesSummary(rows: readonly SourceRow[], selected: SourceRow | null): Line {
  if (selected?.counted && 'problem' in selected.counted)
    return line(span(` ${selected.counted.problem}`, 'bad'));
  const known = rows.flatMap(({ counted }) => (counted && 'files' in counted ? [counted] : []));
  const files = known.reduce((sum, each) => sum + each.files, 0);
  const size = known.reduce((sum, each) => sum + each.size, 0);
  if (rows.length === 0) return EMPTY;
  return line(span(` ${formatCount(files, 'file')}, ${formatSize(size)}`, 'good'));
}

export interface SummaryLook {
  readonly width: number;
  readonly homeFolder: string;
}

/** What will be made, before it is made. */
export function summaryLines(
  state: NewVersionState,
  problem: { readonly step: Step; readonly problem: string } | null,
  { width, homeFolder }: SummaryLook,
): Line[] {
  const { model, forms, preview } = state;
  const version = textOf(forms.name, 'version');
  const head = [
    EMPTY,
    line('  ', span(`${model}@${version}`, 'name'), span(`  ${typeOf(state)}`, 'badge')),
    EMPTY,
  ];
  if (problem) {
    const where = span(`${STEP_LABELS[problem.step]}: `, 'strong');
    return [...head, line('  ', span('✗ ', 'bad'), where, problem.problem)];
  }
  if (preview === null) return [...head, line(span('  looking at the files …', 'faint'))];
  if ('message' in preview) return [...head, ...failureLines(preview, width)];
  const { files, size, known, skipped, sources } = preview;
  const lines = [
    ...head,
    line('  ', span('files    ', 'faint'), `${formatCount(files, 'file')}, ${formatSize(size)}`),
    line('  ', span('known    ', 'faint'), knownText(known, size)),
    ...sources.map(({ source, files: found, size: bytes }, index) =>
      line(
        '  ',
        span(index === 0 ? 'from     ' : '         ', 'faint'),
        shortPath(source.path, homeFolder),
        span(`  ${formatCount(found.length, 'file')}, ${formatSize(bytes)}`, 'faint'),
      ),
    ),
    ...skipped.map((path) => line('  ', span('left out ', 'faint'), path)),
  ];
  const description = textOf(forms.details, 'description');
  const told = description === '' ? [] : wrapLine(line(description), width - 4);
  return [
    ...lines,
    EMPTY,
    ...told.map((each) => line('  ', ...each)),
    ...(told.length > 0 ? [EMPTY] : []),
    line('  ', span('↵', 'key'), ' makes it'),
  ];
}

function knownText(known: number, size: number): string {
  if (known === 0) return 'nothing of it was stored from here before';
  return `${formatSize(known)} of ${formatSize(size)} have not changed since they were stored`;
}

/** Where the list of the step goes to, for the reader. */
export function placeLine(state: NewVersionState): Line {
  const role = roleOf(state);
  const prefix = role === null ? '' : prefixIn(state, role);
  if (prefix === '') return EMPTY;
  return line(span(` They stand in ${prefix}/ of the package.`, 'faint'));
}

/** What a manifest that was picked says, or why it is none. */
export function pickedLines({ picked, forms }: NewVersionState, width: number): Line[] {
  if (textOf(forms.manifest, 'origin') === 'generated') return [];
  if (picked === null) return [line('  ', span('Ctrl-O', 'key'), ' picks the file')];
  const head = line('  ', span(picked.path, 'name'));
  if ('failure' in picked) return [head, ...failureLines(picked.failure, width)];
  const { schema, name, version, models, services } = picked.manifest;
  return [
    head,
    line(`  ${schema}: ${name ?? ''} ${version}`),
    line(span(`  models: ${models.map((each) => each.name).join(', ')}`, 'faint')),
    line(span(`  services: ${services.map((each) => each.name).join(', ')}`, 'faint')),
  ];
}

/** Whether a field is shown in the form as a choice. */
export function shownText(state: NewVersionState, field: string, text: string): string {
  return choicesOf(state, field) === null ? text : choiceText(text);
}
