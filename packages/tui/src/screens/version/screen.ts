import type { FileFacts, Unlock } from '@cairn/core';
import type { Binding } from '../../keys/binding.ts';
import { listKeys } from '../../list/list-keys.ts';
import { showCursor } from '../../list/list-state.ts';
import { scrollText } from '../../list/scroll.ts';
import { describeFailure } from '../../ui/failure.ts';
import type { ScreenKind } from '../../ui/ui.ts';
import { ask } from '../ask/screen.ts';
import { compare } from '../compare/screen.ts';
import { deleteVersion } from '../delete-version/screen.ts';
import { editVersion } from '../edit-version/screen.ts';
import { file } from '../file/screen.ts';
import { aliasQuestion } from '../questions/alias.ts';
import { buildQuestion } from '../questions/build.ts';
import { exportKeyQuestion } from '../questions/export-key.ts';
import { renameVersionQuestion } from '../questions/rename.ts';
import { takeOutQuestion } from '../questions/take-out.ts';
import { unlockQuestion } from '../questions/unlock.ts';
import { startFetching, startVerifying } from '../version-tasks.ts';
import { treeHeight, VERSION_HEAD_HEIGHT, versionBody, versionLayout } from './layout.ts';
import { readVersion, reopen, type VersionScreen } from './reading.ts';
import {
  hasSearch,
  missingBytes,
  reduceVersion,
  selectedTreeRow,
  startVersion,
  type VersionAction,
  type VersionParams,
  type VersionState,
} from './state.ts';
import type { FileRow } from './tree.ts';
import { textLines, VersionView } from './view.tsx';

const isOnFiles = ({ state }: VersionScreen): boolean => state.tab === 'files';

const needsRead = ({ state }: VersionScreen): string | null =>
  state.version ? null : 'the version is still being read';

const selectedFile = ({ state }: VersionScreen): FileRow | null => {
  const row = selectedTreeRow(state);
  return row?.kind === 'file' ? row : null;
};

const isShut = ({ state }: VersionScreen): boolean => state.version?.sealing != null && state.unlock === null;

function move(screen: VersionScreen, action: VersionAction): void {
  screen.dispatch(action);
  lookAtSelected(screen);
}

function openSelected(screen: VersionScreen): void {
  const row = selectedTreeRow(screen.state);
  if (row?.kind === 'folder') screen.dispatch({ type: 'toggled', path: row.path });
  else if (row) {
    const { model, name: version, unlock: opener } = screen.state;
    screen.ui.router.open(file, { model, version, path: row.path, unlock: opener, size: row.size });
  }
}

const fileKeys: Binding<VersionScreen>[] = [
  {
    keys: ['enter', 'right', 'l'],
    label: 'open',
    help: 'open the folder, or what the file tells of itself',
    when: isOnFiles,
    refusal: (screen) => needsRead(screen) ?? (selectedTreeRow(screen.state) ? null : 'there is no file'),
    run: openSelected,
  },
  {
    keys: ['left', 'h'],
    label: 'close the folder',
    quiet: true,
    when: ({ state }) => {
      const row = selectedTreeRow(state);
      return state.tab === 'files' && row?.kind === 'folder' && row.isOpen;
    },
    run: ({ state, dispatch }) => dispatch({ type: 'toggled', path: selectedTreeRow(state)!.path }),
  },
  {
    keys: ['*'],
    label: 'all folders',
    help: 'open all folders, or close them',
    quiet: true,
    when: isOnFiles,
    run: ({ dispatch }) => dispatch({ type: 'all-toggled' }),
  },
  {
    keys: ['/'],
    label: 'search',
    help: 'search files as you type',
    when: isOnFiles,
    run: ({ dispatch }) => dispatch({ type: 'search-opened' }),
  },
  {
    keys: ['enter'],
    label: 'keep the search',
    whileTyping: true,
    when: ({ state }) => state.search.isOpen,
    run: ({ dispatch }) => dispatch({ type: 'search-closed' }),
  },
  {
    keys: ['esc'],
    label: 'clear the search',
    whileTyping: true,
    when: ({ state }) => state.tab === 'files' && hasSearch(state),
    run: ({ dispatch }) => dispatch({ type: 'search-cleared' }),
  },
];

const versionKeys: Binding<VersionScreen>[] = [
  {
    keys: ['u'],
    label: 'open it',
    help: 'open the sealed version with a passphrase',
    when: isShut,
    run: (screen) => {
      const { model, name } = screen.state;
      screen.ui.router.open(
        ask,
        unlockQuestion(`${model}@${name}`, (opener: Unlock) => reopen(screen, opener)),
      );
    },
  },
  {
    keys: ['v'],
    label: 'verify',
    help: 'read every byte and check it',
    refusal: needsRead,
    run: ({ ui, state }) =>
      startVerifying(ui, { model: state.model, version: state.name, unlock: state.unlock }),
  },
  {
    keys: ['o'],
    label: 'take out',
    help: 'write the files into a folder',
    refusal: (screen) => needsRead(screen) ?? (isShut(screen) ? 'it is sealed and shut: u opens it' : null),
    run: ({ ui, state }) =>
      ui.router.open(ask, takeOutQuestion({ model: state.model, version: state.name, unlock: state.unlock })),
  },
  {
    keys: ['f'],
    label: 'fetch',
    help: 'bring the files that are not here yet',
    when: ({ state }) => state.version !== null && missingBytes(state.version) > 0,
    run: ({ ui, state }) => startFetching(ui, { model: state.model, version: state.name }),
  },
  {
    keys: ['c'],
    label: 'compare',
    help: 'compare it with the version it was made from',
    refusal: ({ state }) => (state.version?.base ? null : 'it does not say what it was made from'),
    run: ({ ui, state }) =>
      ui.router.open(compare, {
        model: state.model,
        before: state.version!.base!,
        after: state.name,
        unlock: state.unlock,
      }),
  },
  {
    keys: ['e'],
    label: 'edit',
    help: 'change what is said of the version',
    refusal: needsRead,
    run: ({ ui, state }) =>
      ui.router.open(editVersion, {
        model: state.model,
        version: state.name,
        description: state.version!.description,
      }),
  },
  {
    keys: ['a'],
    label: 'alias',
    help: 'let an alias, such as prod, stand for the version',
    refusal: needsRead,
    run: ({ ui, state }) =>
      ui.router.open(ask, aliasQuestion(ui, { model: state.model, version: state.name })),
  },
  {
    keys: ['m'],
    label: 'rename',
    help: 'give the version another name, as long as it was not shared',
    quiet: true,
    refusal: (screen) => needsRead(screen) ?? (isShut(screen) ? 'it is sealed and shut: u opens it' : null),
    run: ({ ui, state }) =>
      ui.router.open(
        ask,
        renameVersionQuestion(ui, { model: state.model, version: state.name, unlock: state.unlock }),
      ),
  },
  {
    keys: ['b'],
    label: 'build',
    help: 'write a folder from which an image is built that serves the version',
    quiet: true,
    refusal: (screen) => needsRead(screen) ?? (isShut(screen) ? 'it is sealed and shut: u opens it' : null),
    run: ({ ui, state }) =>
      ui.router.open(
        ask,
        buildQuestion({
          model: state.model,
          version: state.name,
          unlock: state.unlock,
          isSealed: state.version!.sealing !== null,
        }),
      ),
  },
  {
    keys: ['w'],
    label: 'write the key',
    help: 'write a copy of the key that opens the version into a file',
    quiet: true,
    when: ({ state }) => state.version?.sealing != null,
    run: (screen) => screen.ui.run(() => askForKey(screen)),
  },
  {
    keys: ['d'],
    label: 'delete',
    help: 'delete the version, after asking',
    run: ({ ui, state }) => ui.router.open(deleteVersion, { model: state.model, version: state.name }),
  },
  {
    keys: ['tab'],
    label: 'next part',
    help: 'files, details, package',
    run: ({ dispatch }) => dispatch({ type: 'tab', by: 1 }),
  },
  {
    keys: ['shift+tab'],
    label: 'part before',
    quiet: true,
    run: ({ dispatch }) => dispatch({ type: 'tab', by: -1 }),
  },
];

async function askForKey({ ui, state }: VersionScreen): Promise<void> {
  const { keyDomain } = state.version!.sealing!;
  const question = await exportKeyQuestion(ui, { model: state.model, keyDomain });
  if (question) ui.router.open(ask, question);
  else ui.say('info', 'none of your keys opens it');
}

const movingKeys = listKeys<VersionScreen>((screen, by) => {
  const { state, area, dispatch } = screen;
  if (state.tab === 'files')
    return move(screen, { type: 'moved', move: by, height: treeHeight(area, hasSearch(state)) });
  const { width, height } = versionBody(area);
  const count = textLines(state, width).length;
  dispatch({ type: 'text-scrolled', top: scrollText(state.top, by, { count, height }) });
});

/** A version: its files, what is recorded of it, the package that it is. */
export const version: ScreenKind<VersionParams, VersionState, VersionAction> = {
  name: 'version',
  trail: ({ model, name }) => [model, name],
  start: startVersion,
  reduce: reduceVersion,
  read: async (screen) => {
    await readVersion(screen);
    lookAtSelected(screen);
  },
  watches: ({ model }) => [model],
  bindings: [...fileKeys, ...versionKeys, ...movingKeys],
  isTyping: ({ tab, search }) => tab === 'files' && search.isOpen,
  type: (screen, typed) => move(screen, { type: 'typed', typed }),
  point: (screen, event) => {
    const { state, area } = screen;
    if (state.tab !== 'files') return;
    const height = treeHeight(area, hasSearch(state));
    if (event.kind !== 'press')
      return move(screen, { type: 'scrolled', by: event.kind === 'wheel-up' ? -3 : 3, height });
    const shown = showCursor(state.list, { count: state.rows.length, height });
    const index = shown.top + event.row - VERSION_HEAD_HEIGHT - (hasSearch(state) ? 1 : 0);
    if (event.column >= versionLayout(area).tree.width || index < 0 || index >= state.rows.length) return;
    if (index === shown.cursor) openSelected(screen);
    else move(screen, { type: 'moved', move: { to: index }, height });
  },
  View: VersionView,
};

/** Reads the header of the selected file where there is a panel for it, unless it is shown already. */
function lookAtSelected(screen: VersionScreen): void {
  const row = selectedFile(screen);
  if (row === null || row.path === screen.state.look?.path || isShut(screen)) return;
  if (versionLayout(screen.area).look === null) return;
  screen.ui.run(() => look(screen, row.path));
}

/** What was read of a file that is not selected any more is dropped. */
async function look(screen: VersionScreen, path: string): Promise<void> {
  const { ui, state, signal } = screen;
  const { model, name, unlock: opener } = state;
  try {
    const facts: FileFacts = await ui.library.inspectFile(
      ui.registry,
      { model, version: name, path },
      { signal, ...(opener && { unlock: opener }) },
    );
    if (selectedFile(screen)?.path === path) screen.dispatch({ type: 'looked', look: { path, facts } });
  } catch (error) {
    if (signal.aborted) return;
    screen.dispatch({ type: 'looked', look: { path, failure: describeFailure(error) } });
  }
}
