import { formatAge, formatSize } from '@cairn/core/units';
import type { Context } from './context.ts';
import { usageError } from './errors.ts';
import { note, print } from './output/print.ts';
import { formatTable } from './output/table.ts';
import type { OpenRegistry } from './registry.ts';
import { exitCodeOfList } from './shapes/problem.ts';
import { type VersionSummaryJson, versionSummaryJson } from './shapes/version-list.ts';

/** Prints the versions of a model. Gives the exit code: that of the first problem, if a version cannot be read. */
export async function printVersions(
  context: Context,
  { core, registry }: OpenRegistry,
  text: string,
): Promise<number> {
  const { model, version } = core.parseReference(text);
  if (version !== undefined) throw usageError(`'${text}' is a version`, `its files: cairn show ${text}`);
  const versions = (await core.listVersions(registry, model)).map(versionSummaryJson);
  await print(context, {
    json: versions,
    text: () => (versions.length === 0 ? '' : versionsTable(context, versions)),
  });
  if (versions.length === 0) {
    await note(context, `${model} has no versions yet; add one with cairn add ${model}@v1 path`);
  }
  return exitCodeOfList(versions);
}

function versionsTable(context: Context, versions: readonly VersionSummaryJson[]): Promise<string> {
  const { style, terminal } = context;
  const now = context.now();
  return formatTable(
    [
      { header: 'VERSION', paint: style.name },
      { header: 'ALIASES', paint: style.good },
      { header: 'TYPE' },
      { header: 'FILES', align: 'right' },
      { header: 'SIZE', align: 'right' },
      { header: 'ADDED' },
      { header: 'BY' },
      {
        header: 'DESCRIPTION',
        shrinks: true,
        paint: (cell, row) => (versions[row]!.problem ? style.bad(cell) : cell),
      },
    ],
    versions.map((version) => versionRow(version, now)),
    { width: terminal.out.columns, style },
  );
}

function versionRow(version: VersionSummaryJson, now: Date): string[] {
  const { type, files, size, createdAt, createdBy, description, problem } = version;
  return [
    version.version,
    [...(version.latest ? ['latest'] : []), ...version.aliases].join(', '),
    type ?? '',
    files === null ? '' : String(files),
    size === null ? '' : formatSize(size),
    createdAt === null ? '' : formatAge(createdAt, now),
    createdBy?.name ?? '',
    problem ? `cannot be read: ${problem.message}` : (description?.split('\n', 1)[0] ?? ''),
  ];
}
