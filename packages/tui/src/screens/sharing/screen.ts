import type { RemoteStatus } from '@cairn/core';
import { describeFailure } from '../../ui/failure.ts';
import type { Ui } from '../../ui/ui.ts';
import { ask } from '../ask/screen.ts';
import { confirm } from '../confirm/screen.ts';
import { type ListScreen, listScreen, selectedIn } from '../list-screen/list-screen.tsx';
import { message } from '../message/screen.ts';
import { addRemoteQuestion } from '../questions/add-remote.ts';
import { type Shared, startPulling, startPushing } from '../sharing-tasks.ts';
import {
  NOT_SHARED,
  SHARING_COLUMNS,
  SHARING_TABLE,
  type SharingRow,
  sharingHead,
  sharingRows,
} from './rows.ts';

type SharingScreen = ListScreen<null, SharingRow>;

const needsRow = (screen: SharingScreen): string | null =>
  selectedIn(screen) ? null : 'there is no model to select';

function sharedOf(screen: SharingScreen): Shared {
  const { model, remote } = selectedIn(screen)!;
  return { model, remote };
}

const hasProblem = (screen: SharingScreen): boolean => (selectedIn(screen)?.problems.length ?? 0) > 0;

/** How the models stand to where the registry is shared. */
export const sharing = listScreen<null, SharingRow>({
  name: 'sharing',
  trail: () => ['sharing'],
  table: SHARING_TABLE,
  columns: () => SHARING_COLUMNS,
  noun: 'model',
  empty: NOT_SHARED,
  read: async (ui, _, signal) => {
    const { remotes, isReached } = await statusOf(ui, signal);
    return { rows: sharingRows(remotes), head: sharingHead(remotes, isReached) };
  },
  bindings: [
    {
      keys: ['enter', 'right', 'l'],
      label: 'what is wrong',
      when: hasProblem,
      run: openProblem,
    },
    {
      keys: ['p'],
      label: 'pull',
      help: 'bring what others have shared of the model',
      refusal: needsRow,
      run: (screen) => startPulling(screen.ui, sharedOf(screen)),
    },
    {
      keys: ['P'],
      label: 'push',
      help: 'send what the remote does not have of the model',
      refusal: needsRow,
      run: (screen) => startPushing(screen.ui, sharedOf(screen)),
    },
    {
      keys: ['n'],
      label: 'new remote',
      help: 'say where the registry is shared',
      run: ({ ui }) => ui.router.open(ask, addRemoteQuestion()),
    },
    {
      keys: ['d'],
      label: 'forget the remote',
      help: 'forget the remote of the selected model, after asking; nothing is deleted there',
      refusal: needsRow,
      run: askToForget,
    },
  ],
  open: (screen) => {
    if (hasProblem(screen)) openProblem(screen);
  },
});

/** As the remotes say; as they said last when one cannot be reached. */
async function statusOf(
  { library, registry }: Ui,
  signal: AbortSignal,
): Promise<{ readonly remotes: readonly RemoteStatus[]; readonly isReached: boolean }> {
  try {
    return { remotes: await library.sharingStatus(registry, { signal }), isReached: true };
  } catch (error) {
    if (describeFailure(error).code !== 'network') throw error;
    return { remotes: await library.sharingStatus(registry, { signal, offline: true }), isReached: false };
  }
}

function openProblem(screen: SharingScreen): void {
  const { problems } = selectedIn(screen)!;
  const [first] = problems;
  const text = problems.map((problem) => problem.message).join('\n');
  const failure = { code: 'refused', message: text, hint: first!.hint };
  screen.ui.router.open(message, { level: 'bad', text, failure });
}

function askToForget(screen: SharingScreen): void {
  const { ui } = screen;
  const { remote } = selectedIn(screen)!;
  ui.router.open(confirm, {
    title: `Forget ${remote}?`,
    lines: ['Nothing is deleted there, and nothing here. It can be added again.'],
    verb: 'forget it',
    run: () =>
      ui.run(async () => {
        await ui.library.removeRemote(ui.registry, remote);
        ui.say('good', `forgot the remote ${remote}`);
        ui.router.reread();
      }),
  });
}
