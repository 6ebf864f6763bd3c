import type { VersionSource } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';

/** Where the files of a version came from, for people: a line for each source, and one for each model of a run. */
export function sourceLines(sources: readonly VersionSource[]): string[] {
  return sources.flatMap((source) => [
    `${nameOf(source)}${placeOf(source)}${amountOf(source)}`,
    ...modelsOf(source),
  ]);
}

/** Whatever a document of somebody else says: only texts are shown. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function nameOf(source: VersionSource): string {
  const naming = Object.hasOwn(NAMES, source.kind) ? NAMES[source.kind] : undefined;
  return (
    naming?.(source) ||
    [source.kind, source.path ?? text(source.name)].filter((part) => part !== '').join(' ')
  );
}

const NAMES: Readonly<Record<string, (source: VersionSource) => string>> = {
  folder: ({ path = '' }) => path,
  file: ({ path = '' }) => path,
  archive: ({ path = '' }) => path,
  'mlflow-run': runName,
  'mlflow-model': (source) => `MLflow model ${registeredName(source)}`,
  'bento-model': ({ name, version }) => `BentoML model ${text(name)}:${text(version)}`,
  bento: ({ name, version }) => `bento ${text(name)}:${text(version)}`,
};

/** `MLflow run bold-cat-12 (0a1b2c3d…) of house-prices`. */
function runName(source: VersionSource): string {
  const { name, run, experiment, path } = source;
  const of = text((experiment as { name?: unknown } | undefined)?.name);
  const registered = registeredName(source);
  return [
    `MLflow run ${text(name) || text(run)}`,
    text(name) === '' ? '' : ` (${text(run)})`,
    of === '' ? '' : ` of ${of}`,
    text(path) === '' ? '' : `, ${text(path)}`,
    registered === '' ? '' : `, registered as ${registered}`,
  ].join('');
}

function registeredName({ registered }: VersionSource): string {
  const { name, version } = (registered ?? {}) as { name?: unknown; version?: unknown };
  return text(name) === '' ? '' : `${text(name)} version ${text(version)}`;
}

function placeOf({ into, store }: VersionSource): string {
  const from = text(store) === '' ? '' : ` in ${text(store)}`;
  return `${from}${into === undefined ? '' : `, put into ${into}`}`;
}

function amountOf({ files, bytes }: VersionSource): string {
  if (files === undefined) return '';
  return `: ${formatCount(files, 'file')}${bytes === undefined ? '' : `, ${formatSize(bytes)}`}`;
}

/** `model: sklearn 1.9.1, logged with MLflow 3.17.2`. */
function modelsOf({ kind, models }: VersionSource): string[] {
  if (!kind.startsWith('mlflow-') || !Array.isArray(models)) return [];
  return (models as Record<string, unknown>[]).map((model) => {
    const flavors = Object.entries((model?.flavors ?? {}) as Record<string, unknown>).map(
      ([flavor, version]) => `${flavor} ${text(version)}`.trim(),
    );
    const mlflow = text(model?.mlflowVersion);
    const told = [...flavors, ...(mlflow === '' ? [] : [`logged with MLflow ${mlflow}`])];
    return `  ${text(model?.path)}: ${told.join(', ') || 'a model'}`;
  });
}
