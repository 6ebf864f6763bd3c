import { isAbsolute, join, resolve } from 'node:path';
import type { Unlock } from '@cairn/core';
import { formKeys } from '../../form/form-keys.ts';
import { type FormAction, formState, reduceForm, textOf } from '../../form/form-state.ts';
import { formatCount, formatSize } from '../../text/units.ts';
import type { Screen, ScreenKind, Ui } from '../../ui/ui.ts';
import type { GetState } from './state.ts';
import { GetView } from './view.tsx';

export interface GetParams {
  readonly model: string;
  readonly version: string;
  readonly unlock?: Unlock | null;
}

type GetScreen = Screen<GetState, FormAction<'folder'>>;

/** The folder that was typed, from where the program was started; `~` is the user's own. */
function folderOf({ host }: Ui, text: string): string {
  const named = text.trim();
  if (named === '~' || named.startsWith('~/')) return join(host.homeFolder, named.slice(1));
  return isAbsolute(named) ? named : resolve(host.workingFolder, named);
}

function submit({ state, ui, close }: GetScreen): void {
  const { model, version, unlock } = state;
  const folder = folderOf(ui, textOf(state.form, 'folder'));
  close();
  void ui.tasks.start({
    kind: 'get',
    subject: `${model}@${version}`,
    run: (task) =>
      ui.library.takeOut(ui.registry, { model, version }, folder, { ...task, ...(unlock && { unlock }) }),
    outcome: ({ destination, files, bytes, unchanged }) => {
      const same = unchanged > 0 ? `; ${formatCount(unchanged, 'file')} were there already` : '';
      const written = `${formatCount(files, 'file')}, ${formatSize(bytes)}`;
      return { lines: [`took out ${model}@${version} to ${destination}: ${written}${same}`] };
    },
  });
}

/** Asks where the files of a version are to go, and begins to write them there. */
export const get: ScreenKind<GetParams, GetState, FormAction<'folder'>> = {
  name: 'get',
  trail: ({ model, version }) => [model, version, 'take out'],
  start: ({ model, version, unlock = null }) => ({
    model,
    version,
    unlock,
    form: formState({ folder: `./${model}-${version}` }),
  }),
  reduce: (state, action) => ({ ...state, form: reduceForm(state.form, action) }),
  bindings: [
    ...formKeys<GetScreen, 'folder'>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: ({ state }) => (textOf(state.form, 'folder').trim() === '' ? 'name a folder' : null),
      submit,
      label: 'take out',
    }),
    { keys: ['esc'], label: 'leave it', whileTyping: true, run: ({ close }) => close() },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: GetView,
};
