import type { Binding } from '../../keys/binding.ts';
import { listKeys } from '../../list/list-keys.ts';
import type { ScreenKind } from '../../ui/ui.ts';
import { leaveForm } from '../leaving.ts';
import { isBeingMade, lookAtFiles, make } from './making.ts';
import { count, type NewVersionScreen, pickManifest, pickOrigin, pickSources, propose } from './picking.ts';
import { firstProblem, stepProblem } from './problems.ts';
import type { PickedOrigin } from './sources.ts';
import {
  formOf,
  isFilledIn,
  type NewVersionAction,
  type NewVersionState,
  reduceNewVersion,
  roleOf,
  selectedSource,
  startNewVersion,
} from './state.ts';
import { NewVersionView, stepBody, versionCheck } from './view.tsx';

export interface NewVersionParams {
  readonly model: string;
  /** Those there are, newest first. */
  readonly versions: readonly string[];
  /** What its files come from, when that was picked first. */
  readonly origin?: PickedOrigin;
}

const isForm = ({ state }: NewVersionScreen): boolean => formOf(state) !== null;
const isList = ({ state }: NewVersionScreen): boolean => roleOf(state) !== null;
const isSummary = ({ state }: NewVersionScreen): boolean => state.step === 'summary';

/** Goes to another step; the last one looks at all files. */
function goTo(screen: NewVersionScreen, by: number): void {
  screen.dispatch({ type: 'step', by });
  if (isSummary(screen)) screen.ui.run(() => lookAtFiles(screen));
}

/** To the next field, and from the last one to the next step, unless something is wrong on this one. */
function goOn(screen: NewVersionScreen): void {
  const { state, ui, dispatch } = screen;
  const form = formOf(state);
  if (form && form.focus !== form.names.at(-1)) {
    dispatch({ type: 'form', action: { type: 'focus', by: 1 } });
    return;
  }
  if (form) dispatch({ type: 'form', action: { type: 'tried' } });
  const problem = stepProblem(state, state.step, versionCheck(ui));
  if (problem === null) goTo(screen, 1);
  else ui.say('info', problem);
}

const goOnKeys: Binding<NewVersionScreen>[] = [
  {
    keys: ['enter'],
    label: 'make it',
    help: 'make the version',
    when: isSummary,
    refusal: ({ state, ui }) => {
      const problem = firstProblem(state, versionCheck(ui));
      if (problem) return problem.problem;
      if (isBeingMade(ui, state)) return 'it is being made: t shows how far it is';
      if (state.preview === null) return 'the files are still being looked at';
      return 'message' in state.preview ? state.preview.message : null;
    },
    run: make,
  },
  {
    keys: ['enter'],
    label: 'next',
    whileTyping: true,
    when: (screen) => !isSummary(screen),
    run: goOn,
  },
];

const stepKeys: Binding<NewVersionScreen>[] = [
  {
    keys: ['tab'],
    label: 'next step',
    whileTyping: true,
    when: (screen) => !isSummary(screen),
    run: (screen) => goTo(screen, 1),
  },
  {
    keys: ['shift+tab'],
    label: 'step before',
    whileTyping: true,
    run: (screen) => goTo(screen, -1),
  },
  {
    keys: ['left', 'h'],
    label: 'step before',
    quiet: true,
    run: (screen) => goTo(screen, -1),
  },
  {
    keys: ['down'],
    label: 'next field',
    quiet: true,
    whileTyping: true,
    when: isForm,
    run: ({ dispatch }) => dispatch({ type: 'form', action: { type: 'focus', by: 1 } }),
  },
  {
    keys: ['up'],
    label: 'field before',
    quiet: true,
    whileTyping: true,
    when: isForm,
    run: ({ dispatch }) => dispatch({ type: 'form', action: { type: 'focus', by: -1 } }),
  },
  {
    keys: ['esc'],
    label: 'leave it',
    whileTyping: true,
    run: (screen) => leaveForm(screen, isFilledIn(screen.state)),
  },
];

const pickKeys: Binding<NewVersionScreen>[] = [
  {
    keys: ['a'],
    label: 'add files',
    help: 'pick files and folders, as often as you like',
    when: isList,
    run: pickSources,
  },
  {
    keys: ['i'],
    label: 'import',
    help: 'pick a run of MLflow, or a model or bento of BentoML',
    when: isList,
    run: pickOrigin,
  },
];

const sourceKeys: Binding<NewVersionScreen>[] = [
  {
    keys: ['x', 'delete'],
    label: 'remove',
    help: 'take the source out of the list; nothing is deleted',
    when: isList,
    refusal: ({ state }) => (selectedSource(state) ? null : 'there is nothing to remove'),
    run: ({ dispatch }) => dispatch({ type: 'removed' }),
  },
  {
    keys: ['p'],
    label: 'place',
    help: 'put the contents of the folder directly in place, or under its own name',
    when: isList,
    refusal: ({ state }) => {
      const selected = selectedSource(state);
      return selected?.kind === 'folder' ? null : 'only the contents of a folder have two places';
    },
    run: ({ dispatch }) => dispatch({ type: 'replaced' }),
  },
];

const manifestKeys: Binding<NewVersionScreen>[] = [
  {
    keys: ['ctrl+o'],
    label: 'pick a file',
    help: 'pick the manifest',
    whileTyping: true,
    when: ({ state }) => state.step === 'manifest',
    run: pickManifest,
  },
  {
    keys: ['ctrl+g'],
    label: 'propose',
    help: 'propose a passphrase, and show it',
    whileTyping: true,
    when: ({ state }) => state.step === 'encryption',
    run: propose,
  },
];

const moving = listKeys<NewVersionScreen>(({ area, dispatch }, move) =>
  dispatch({ type: 'moved', move, height: stepBody(area).height - 2 }),
).map((binding) => ({ ...binding, when: isList }));

/** The steps to a new version. */
export const newVersion: ScreenKind<NewVersionParams, NewVersionState, NewVersionAction> = {
  name: 'new-version',
  trail: ({ model }) => [model, 'new version'],
  start: (params, ui) =>
    startNewVersion({
      ...params,
      folder: ui.host.workingFolder,
      hasKeyring: ui.keyring !== null,
    }),
  reduce: reduceNewVersion,
  read: async (screen) => {
    const first = screen.state.sources.model[0];
    if (first?.counted === null) await count(screen, 'model', first.path);
  },
  bindings: [...pickKeys, ...goOnKeys, ...sourceKeys, ...manifestKeys, ...stepKeys, ...moving],
  isTyping: (state) => formOf(state) !== null,
  type: ({ dispatch }, typed) => dispatch({ type: 'form', action: { type: 'typed', typed } }),
  View: NewVersionView,
};
