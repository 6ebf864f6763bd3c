import type { Repository } from '@cairn/store';
import { editModel } from '../models/edit.ts';
import { showModel } from '../models/show.ts';
import type { Registry } from '../registry/registry.ts';
import type { MetricHistories } from '../schema/metric-history.ts';
import type { VersionSource } from '../schema/version.ts';
import type { Origin } from '../sources/origin.ts';
import { describeSources, sizeOf, type Walk } from '../sources/walk.ts';
import type { VersionDetails } from './version-document.ts';
import { readStoredVersion } from './version-repository.ts';
import { versionTags } from './version-tags.ts';

/** What is said of a version: by its maker, and where that is silent by its origins, of which the first counts. */
export function detailsWith(details: VersionDetails, origins: readonly Origin[]): VersionDetails {
  const told = origins.map((origin) => origin.details);
  const first = <K extends 'description' | 'framework'>(key: K) =>
    details[key] ?? told.map((each) => each[key]).find((value) => value !== undefined);
  const all = <V>(records: readonly (Readonly<Record<string, V>> | undefined)[]) =>
    Object.fromEntries(records.toReversed().flatMap((record) => Object.entries(record ?? {})));
  const description = first('description');
  const framework = first('framework');
  return {
    ...(details.base !== undefined && { base: details.base }),
    ...(description !== undefined && { description }),
    ...(framework !== undefined && { framework }),
    params: all([details.params, ...told.map(({ params }) => params)]),
    metrics: all([details.metrics, ...told.map(({ metrics }) => metrics)]),
    labels: all([details.labels, ...told.map(({ labels }) => labels)]),
  };
}

/** How the metrics of all origins went; of two of one name, the first. */
export function historiesOf(origins: readonly Origin[]): MetricHistories | undefined {
  const histories = origins.flatMap(({ metricHistories }) => metricHistories ?? []);
  if (histories.every(({ metrics }) => Object.keys(metrics).length === 0)) return undefined;
  return {
    metrics: Object.fromEntries(histories.toReversed().flatMap(({ metrics }) => Object.entries(metrics))),
    omitted: histories.reduce((sum, { omitted }) => sum + omitted, 0),
  };
}

/**
 * What a walk has found, as `version.json` records it: folders and files first, then one entry for each origin, whose
 * sources are the last of the walk.
 */
export function recordedSources(walk: Walk, origins: readonly Origin[]): VersionSource[] {
  const count = origins.reduce((sum, { sources }) => sum + sources.length, 0);
  let next = walk.sources.length - count;
  const own = describeSources({ ...walk, sources: walk.sources.slice(0, next) });
  const named = origins.map(({ recorded, sources }) => {
    const files = walk.sources.slice(next, next + sources.length).flatMap((source) => source.files);
    next += sources.length;
    return { ...recorded, files: files.length, bytes: sizeOf(files) };
  });
  return [...own, ...named];
}

/** Newest versions of a model that are looked at for one from the same origin, and files of one at most. */
const VERSIONS_LOOKED_AT = 200;
const FILES_LOOKED_AT = 2_000;

/** What tells an origin from others of its kind. Others are not known again. */
const IDENTIFIED_BY: Readonly<Record<string, readonly string[]>> = {
  'mlflow-run': ['run', 'path'],
  'mlflow-model': ['registered'],
  'bento-model': ['name', 'version'],
  bento: ['name', 'version'],
  'hugging-face': ['repository', 'revision'],
  archive: ['sha256'],
};

/** The versions of a model that were made from one of these origins, newest first, among the newest. */
export async function versionsFrom(
  repository: Repository,
  registry: Registry,
  { model, origins }: { readonly model: string; readonly origins: readonly Origin[] },
): Promise<string[]> {
  const wanted = new Set(origins.flatMap(({ recorded }) => identityOf(recorded) ?? []));
  if (wanted.size === 0) return [];
  const tags = await versionTags(repository, registry, model);
  const readable = tags.filter(({ problem, files }) => problem === undefined && files <= FILES_LOOKED_AT);
  const found: string[] = [];
  for (const { name } of readable.slice(0, VERSIONS_LOOKED_AT)) {
    // One that cannot be read is a matter for whoever verifies it.
    const stored = await readStoredVersion(repository, { model, version: name }).catch(() => null);
    if (stored?.document.sources.some((source) => wanted.has(identityOf(source) ?? ''))) found.push(name);
  }
  return found;
}

function identityOf(source: VersionSource): string | null {
  const fields = Object.hasOwn(IDENTIFIED_BY, source.kind) ? IDENTIFIED_BY[source.kind]! : [];
  const values = fields.map((field) => source[field]);
  if (values.every((value) => value === undefined)) return null;
  return JSON.stringify([source.kind, ...values]);
}

/** Gives a model the card of an origin, when it has none but its name. */
export async function giveCard(registry: Registry, model: string, origins: readonly Origin[]): Promise<void> {
  const card = origins.map(({ details }) => details.card).find((each) => each !== undefined);
  if (card === undefined) return;
  const { card: present } = await showModel(registry, model);
  if (present.trim() === '' || present === `# ${model}\n`) await editModel(registry, model, { card });
}
