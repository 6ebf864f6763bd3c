import { readFile } from 'node:fs/promises';
import type { VersionPreview } from '@cairn/core';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen } from '../../ui/ui.ts';
import { browse } from '../browse/screen.ts';
import { origins } from '../origins/screen.ts';
import { withOrigins } from './create.ts';
import { proposePassphrase } from './passphrase.ts';
import { type SourceRole, type SourceRow, toSource } from './sources.ts';
import { type NewVersionAction, type NewVersionState, prefixIn, reduceNewVersion, roleOf } from './state.ts';

export type NewVersionScreen = Screen<NewVersionState, NewVersionAction>;

/** Opens the file browser; what is ticked there joins the list of this step. */
export function pickSources(screen: NewVersionScreen): void {
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

/** Opens what MLflow and BentoML have; what is picked there joins the list of this step. */
export function pickOrigin({ ui, state, dispatch, ...screen }: NewVersionScreen): void {
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
export async function count(screen: NewVersionScreen, role: SourceRole, path: string): Promise<void> {
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

/** Opens the file browser for a manifest, which is checked at once. */
export function pickManifest({ state, ui, dispatch }: NewVersionScreen): void {
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
export function propose({ ui, dispatch }: NewVersionScreen): void {
  const passphrase = proposePassphrase();
  dispatch({ type: 'proposed', passphrase });
  ui.say('info', `the passphrase is ${passphrase}: write it down`);
}
