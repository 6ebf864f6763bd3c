import { textOf } from '../../form/form-state.ts';
import { isRunning } from '../../tasks/task.ts';
import { describeFailure } from '../../ui/failure.ts';
import type { Ui } from '../../ui/ui.ts';
import { tasks } from '../tasks/screen.ts';
import { createdLines, createVersion, withManifest, withOrigins } from './create.ts';
import type { NewVersionScreen } from './picking.ts';
import { firstProblem } from './problems.ts';
import { type NewVersionState, originsOf, sourcesOf, typeOf } from './state.ts';
import { versionCheck } from './view.tsx';

/** Everything that making the version would find wrong, before it is made. */
export async function lookAtFiles(screen: NewVersionScreen): Promise<void> {
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

function subjectOf({ model, forms }: NewVersionState): string {
  return `${model}@${textOf(forms.name, 'version')}`;
}

/** Whether a task makes it just now. */
export function isBeingMade({ tasks: { snapshot } }: Ui, state: NewVersionState): boolean {
  return snapshot().some(
    (task) => isRunning(task) && task.kind === 'add' && task.subject === subjectOf(state),
  );
}

/** Makes the version as a task, and shows how far it is. The steps stay behind it until it is made. */
export function make(screen: NewVersionScreen): void {
  const { ui, state, close } = screen;
  ui.router.open(tasks, null);
  const made = ui.tasks.start({
    kind: 'add',
    subject: subjectOf(state),
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
