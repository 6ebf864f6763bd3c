import type { Unlock, Version } from '@cairn/core';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen } from '../../ui/ui.ts';
import type { ManifestLook } from './package-rows.ts';
import type { VersionAction, VersionState } from './state.ts';

export type VersionScreen = Screen<VersionState, VersionAction>;

/** Reads the version; one that is sealed is opened with what opened it before, or with a key of the user's. */
export async function readVersion(screen: VersionScreen): Promise<void> {
  const { library, registry, keyring } = screen.ui;
  const { model, name, unlock } = screen.state;
  const version = await library.showVersion(registry, { model, version: name }, { presence: true });
  const opener = unlock ?? (keyring && { keyring });
  const opened = version.sealing && opener ? await openedWith(screen, opener) : null;
  await show(screen, opened ?? version, opened ? opener : null);
  if (version.sources.some(({ kind }) => TRAINED.has(kind))) await readCurves(screen);
}

/** Kinds of sources that say how a training went. */
const TRAINED: ReadonlySet<string> = new Set(['mlflow-run', 'mlflow-model']);

async function readCurves({ ui, state, dispatch }: VersionScreen): Promise<void> {
  const reference = { model: state.model, version: state.name };
  dispatch({ type: 'curves', curves: await ui.library.readMetricHistories(ui.registry, reference) });
}

/** Opens the version with something else. Throws `wrong-key` when it does not open. */
export async function reopen(screen: VersionScreen, unlock: Unlock): Promise<void> {
  const { library, registry } = screen.ui;
  const { model, name } = screen.state;
  await show(
    screen,
    await library.showVersion(registry, { model, version: name }, { unlock, presence: true }),
    unlock,
  );
}

/** `null` when it does not open: that is no error where nobody asked for it. */
async function openedWith({ ui, state }: VersionScreen, unlock: Unlock): Promise<Version | null> {
  try {
    const reference = { model: state.model, version: state.name };
    return await ui.library.showVersion(ui.registry, reference, { unlock, presence: true });
  } catch (error) {
    if (describeFailure(error).code === 'wrong-key') return null;
    throw error;
  }
}

async function show(screen: VersionScreen, version: Version, unlock: Unlock | null): Promise<void> {
  screen.dispatch({ type: 'read', version, unlock });
  if (version.type === 'plaintext') return;
  const manifest = await manifestOf(screen, version);
  if (manifest) screen.dispatch({ type: 'manifest', manifest });
}

const MANIFEST_FILE = 'manifest.json';

/** A manifest is a page of JSON; more of one is not read. */
const MANIFEST_SIZE_MAX = 2 ** 20;

async function manifestOf({ ui }: VersionScreen, version: Version): Promise<ManifestLook | null> {
  if (version.sealing && version.sealing.contents === null) return null;
  try {
    const text = version.sealing?.contents?.manifest ?? (await manifestText(ui, version));
    return { manifest: ui.library.parsePackageManifest(text) };
  } catch (error) {
    return { failure: describeFailure(error) };
  }
}

async function manifestText({ library, registry }: VersionScreen['ui'], version: Version) {
  const reference = { model: version.model, version: version.version, path: MANIFEST_FILE };
  using file = await library.openFile(registry, reference, { fetch: false });
  return await file.read(0, MANIFEST_SIZE_MAX);
}
