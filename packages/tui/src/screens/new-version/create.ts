import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CreatedVersion,
  CreateVersionOptions,
  Encryption,
  Framework,
  Origin,
  TaskOptions,
} from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { textOf } from '../../form/form-state.ts';
import { parseLabels } from '../../form/labels.ts';
import type { Ui } from '../../ui/ui.ts';
import { parseMetrics } from './problems.ts';
import { type NewVersionState, NO_BASE, originsOf, sourcesOf, typeOf } from './state.ts';

/** Makes the version that the steps describe. */
export function createVersion(ui: Ui, state: NewVersionState, task: TaskOptions): Promise<CreatedVersion> {
  return withManifest(ui, state, (manifest) =>
    withOrigins(ui, originsOf(state), task, (origins) => {
      const target = { model: state.model, version: textOf(state.forms.name, 'version') };
      const options = { ...optionsOf(ui, state), origins, ...task, ...(manifest !== null && { manifest }) };
      return ui.library.createVersion(ui.registry, target, options);
    }),
  );
}

/** Opens what files come from beside folders, lets somebody use it, and removes what was fetched for it. */
export async function withOrigins<Result>(
  { library, registry, host }: Ui,
  named: ReturnType<typeof originsOf>,
  task: TaskOptions,
  use: (origins: readonly Origin[]) => Promise<Result>,
): Promise<Result> {
  const { workingFolder, variables } = host;
  const opened: Origin[] = [];
  try {
    for (const { reference, into } of named)
      opened.push(
        await library.openOriginFor(registry, reference, { workingFolder, variables, into, ...task }),
      );
    return await use(opened);
  } finally {
    for (const origin of opened) await origin[Symbol.asyncDispose]();
  }
}

function optionsOf(ui: Ui, state: NewVersionState): CreateVersionOptions {
  const { forms } = state;
  const type = typeOf(state);
  const base = textOf(forms.name, 'base');
  const framework = textOf(forms.details, 'framework').trim();
  const description = textOf(forms.details, 'description');
  const encryption = type === 'packaged-encrypted' ? encryptionOf(ui, state) : null;
  return {
    type,
    sources: sourcesOf(state),
    ...(description !== '' && { description }),
    metrics: parseMetrics(textOf(forms.details, 'metrics')) ?? {},
    params: parseLabels(textOf(forms.details, 'params')) ?? {},
    labels: parseLabels(textOf(forms.details, 'labels')) ?? {},
    ...(base !== NO_BASE && { base }),
    ...(framework !== '' && encryption === null && { framework }),
    ...(encryption && { encryption }),
  };
}

function encryptionOf({ keyring }: Ui, { forms }: NewVersionState): Encryption {
  if (textOf(forms.encryption, 'way') === 'passphrase' || keyring === null)
    return { kind: 'passphrase', passphrase: textOf(forms.encryption, 'passphrase') };
  return { kind: 'auto', keyring };
}

/**
 * Runs what needs the manifest as a file: the one that was picked, or a generated one, which stands in a folder of its
 * own for as long as that takes. A plaintext version has none.
 */
export async function withManifest<Result>(
  ui: Ui,
  state: NewVersionState,
  use: (manifest: string | null) => Promise<Result>,
): Promise<Result> {
  if (typeOf(state) === 'plaintext') return use(null);
  if (textOf(state.forms.manifest, 'origin') === 'picked') return use(state.picked?.path ?? null);
  const folder = await mkdtemp(join(tmpdir(), 'cairn-manifest-'));
  try {
    const file = join(folder, 'manifest.json');
    await writeFile(file, generatedManifest(ui, state));
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With a framework it is of the older schema, whose model files lie together; without one of the newer. */
function generatedManifest({ library }: Ui, { model, forms }: NewVersionState): string {
  const framework = textOf(forms.manifest, 'framework');
  const version = textOf(forms.name, 'version');
  if (framework === 'none') return library.newPackageManifest({ name: model, version });
  return library.newPackageManifest({
    name: model,
    version,
    schema: 'v2023.1',
    framework: framework as Framework,
  });
}

/** What was made, and what of it was new; where a new key lies. */
export function createdLines({
  version,
  stored,
  reused,
  skipped,
  newKey,
  notes = [],
}: CreatedVersion): string[] {
  const files = `${formatCount(version.files.length, 'file')}, ${formatSize(version.size)}`;
  const news =
    reused.bytes > 0 ? `; ${formatSize(stored.bytes)} new, ${formatSize(reused.bytes)} there already` : '';
  return [
    `added ${version.model}@${version.version}: ${files}${news}`,
    ...(newKey === null ? [] : [`its key is ${newKey.path}: keep a copy of it in a safe place`]),
    ...skipped.map((path) => `left out ${path}`),
    ...notes,
  ];
}
