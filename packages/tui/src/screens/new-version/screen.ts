import { readFile } from 'node:fs/promises';
import type { VersionPreview } from '@cairn/core';
import { textOf } from '../../form/form-state.ts';
import type { Binding } from '../../keys/binding.ts';
import { listKeys } from '../../list/list-keys.ts';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { browse } from '../browse/screen.ts';
import { leaveForm } from '../leaving.ts';
import { origins } from '../origins/screen.ts';
import { tasks } from '../tasks/screen.ts';
import { createdLines, createVersion, withManifest, withOrigins } from './create.ts';
import { proposePassphrase } from './passphrase.ts';
import { firstProblem, stepProblem } from './problems.ts';
import { type PickedOrigin, type SourceRole, type SourceRow, toSource } from './sources.ts';
import {
  formOf,
  isFilledIn,
  type NewVersionAction,
  type NewVersionState,
  originsOf,
  prefixIn,
  reduceNewVersion,
  roleOf,
  selectedSource,
  sourcesOf,
  startNewVersion,
  typeOf,
} from './state.ts';
import { NewVersionView, stepBody, versionCheck } from './view.tsx';

export interface NewVersionParams {
  readonly model: string;
  /** Those there are, newest first. */
  readonly versions: readonly string[];
  /** What its files come from, when that was picked first. */
  readonly origin?: PickedOrigin;
}

type NewVersionScreen = Screen<NewVersionState, NewVersionAction>;

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

function pickSources(screen: NewVersionScreen): void {
  const role = roleOf(screen.state)!;
  screen.ui.router.open(browse, {
    purpose: role === 'hook' ? 'hook files' : 'files',
    folder: screen.state.folder,
    onPicked: (entries, folder) => {
      screen.dispatch({ type: 'inserted', role, entries, folder });
      for (const { path } of entries) screen.ui.run(() => count(screen, role, path));
    },
  });
}

function pickOrigin({ ui, state, dispatch, ...screen }: NewVersionScreen): void {
  const role = roleOf(state)!;
  ui.router.open(origins, {
    onPicked: (origin) => {
      dispatch({ type: 'origin', role, origin });
      ui.run(() =>
        count(
          { ...screen, ui, dispatch, state: reduceNewVersion(state, { type: 'origin', role, origin }) },
          role,
          origin.reference,
        ),
      );
    },
  });
}

/** Counts what is in one source, and says what is wrong with it as early as that. */
async function count(screen: NewVersionScreen, role: SourceRole, path: string): Promise<void> {
  const { state, dispatch } = screen;
  const row = state.sources[role].find((each) => each.path === path);
  if (!row) return;
  try {
    const { files, size } = await previewOf(screen, row, prefixIn(state, role));
    dispatch({ type: 'counted', path, counted: { files, size } });
  } catch (error) {
    dispatch({ type: 'counted', path, counted: { problem: describeFailure(error).message } });
  }
}

function previewOf(
  { ui, signal }: NewVersionScreen,
  row: SourceRow,
  prefix: string,
): Promise<VersionPreview> {
  const { library, registry } = ui;
  if (row.kind !== 'origin') return library.previewVersion(registry, [toSource(row, prefix)], { signal });
  return withOrigins(ui, [{ reference: row.path, into: prefix }], { signal }, (opened) =>
    library.previewVersion(registry, [], { signal, origins: opened }),
  );
}

function pickManifest({ state, ui, dispatch }: NewVersionScreen): void {
  ui.router.open(browse, {
    purpose: 'the manifest',
    isSingle: true,
    folder: state.folder,
    onPicked: ([entry]) => {
      const { path } = entry!;
      dispatch({ type: 'form', action: { type: 'filled', name: 'origin', text: 'picked' } });
      ui.run(async () => {
        try {
          const manifest = ui.library.parsePackageManifest(await readFile(path));
          dispatch({ type: 'picked', picked: { path, manifest } });
        } catch (error) {
          dispatch({ type: 'picked', picked: { path, failure: describeFailure(error) } });
        }
      });
    },
  });
}

/** It has to be seen to be kept, so it is said as well. */
function propose({ ui, dispatch }: NewVersionScreen): void {
  const passphrase = proposePassphrase();
  dispatch({ type: 'proposed', passphrase });
  ui.say('info', `the passphrase is ${passphrase}: write it down, nobody can find it out again`);
}

/** Everything that making the version would find wrong, before it is made. */
async function lookAtFiles(screen: NewVersionScreen): Promise<void> {
  const { ui, state, signal, dispatch } = screen;
  if (firstProblem(state, versionCheck(ui))) return;
  try {
    const preview = await withManifest(ui, state, (manifest) =>
      withOrigins(ui, originsOf(state), { signal }, (opened) =>
        ui.library.previewVersion(ui.registry, sourcesOf(state), {
          signal,
          type: typeOf(state),
          origins: opened,
          ...(manifest !== null && { manifest }),
        }),
      ),
    );
    dispatch({ type: 'preview', preview });
  } catch (error) {
    dispatch({ type: 'preview', preview: describeFailure(error) });
  }
}

/** Makes the version as a task, and shows how far it is. The steps stay behind it until it is made. */
function make(screen: NewVersionScreen): void {
  const { ui, state, close } = screen;
  ui.router.open(tasks, null);
  const subject = `${state.model}@${textOf(state.forms.name, 'version')}`;
  const made = ui.tasks.start({
    kind: 'add',
    subject,
    run: (task) => createVersion(ui, state, task),
    outcome: (created) => ({ lines: createdLines(created) }),
  });
  ui.run(async () => {
    const created = await made;
    if (created === null) return;
    close();
    await ui.onCreated(created);
  });
}
