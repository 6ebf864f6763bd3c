import { textOf } from '../../form/form-state.ts';
import { parseLabels } from '../../form/labels.ts';
import { strengthOf } from './passphrase.ts';
import type { SourceRow } from './sources.ts';
import { type NewVersionState, type Step, stepsOf } from './state.ts';

/** Says why the library refuses a version name; `null` when it does not. */
export type NameCheck = (name: string) => string | null;

/** What is wrong with the name of the version. */
export function versionProblem(state: NewVersionState, check: NameCheck): string | null {
  const name = textOf(state.forms.name, 'version');
  if (name === '') return 'give it a name';
  const other = state.versions.find((each) => each.toLowerCase() === name.toLowerCase());
  if (other === name) return `there is a version ${name} already, and a version never changes`;
  return other === undefined ? check(name) : `${other} differs from it only in case`;
}

/** `mae=1.92 accuracy=0.9` as numbers; `null` when one is none. */
export function parseMetrics(text: string): Record<string, number> | null {
  const values = parseLabels(text);
  if (values === null) return null;
  const metrics = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
  const isFine = metrics.every(([name, value]) => Number.isFinite(value) && values[name]!.trim() !== '');
  return isFine ? Object.fromEntries(metrics) : null;
}

export const METRICS_PROBLEM = 'write name=number, with spaces between';
export const PARAMS_PROBLEM = 'write name=value, with spaces between; a value with spaces in quotes';

export function passphraseProblem({ forms }: NewVersionState): string | null {
  const passphrase = textOf(forms.encryption, 'passphrase');
  if (passphrase === '') return 'give a passphrase, or let Ctrl-G propose one';
  return strengthOf(passphrase).word === 'weak' ? 'too easy to guess: make it longer' : null;
}

export function againProblem({ forms }: NewVersionState): string | null {
  const [first, again] = [textOf(forms.encryption, 'passphrase'), textOf(forms.encryption, 'again')];
  return first === again ? null : 'it is not the same as the first time';
}

/** What is wrong with the first of them that cannot be stored. */
function sourceProblem(rows: readonly SourceRow[]): string | null {
  const problems = rows.flatMap(({ counted }) => (counted && 'problem' in counted ? [counted.problem] : []));
  return problems[0] ?? null;
}

/** What keeps a step from being done; `null` when nothing does. */
export function stepProblem(state: NewVersionState, step: Step, check: NameCheck): string | null {
  const { forms, sources, picked } = state;
  switch (step) {
    case 'name':
      return versionProblem(state, check);
    case 'files':
      return sources.model.length === 0 ? 'no files are chosen' : sourceProblem(sources.model);
    case 'hooks':
      // A manifest that was picked may name built-in hooks, which need no files.
      if (sources.hook.length === 0 && picked === null) return 'no hook files are chosen';
      return sourceProblem(sources.hook);
    case 'manifest':
      if (textOf(forms.manifest, 'origin') === 'generated') return null;
      if (picked === null) return 'no manifest is picked: Ctrl-O picks one';
      return 'failure' in picked ? picked.failure.message : null;
    case 'encryption':
      if (textOf(forms.encryption, 'way') === 'key') return null;
      return passphraseProblem(state) ?? againProblem(state);
    case 'details':
      if (parseMetrics(textOf(forms.details, 'metrics')) === null) return `metrics: ${METRICS_PROBLEM}`;
      if (parseLabels(textOf(forms.details, 'params')) === null) return `parameters: ${PARAMS_PROBLEM}`;
      return parseLabels(textOf(forms.details, 'labels')) === null ? `labels: ${PARAMS_PROBLEM}` : null;
    case 'summary':
      return null;
  }
}

/** The first step that is not done, and why. */
export function firstProblem(
  state: NewVersionState,
  check: NameCheck,
): { readonly step: Step; readonly problem: string } | null {
  for (const step of stepsOf(state)) {
    const problem = stepProblem(state, step, check);
    if (problem !== null) return { step, problem };
  }
  return null;
}
