import type { ImportedAlias, ImportedModel, ImportedVersion, RegistryImport } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { EXIT, exitCodeFor } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { IMPORTED_MODEL_SHAPE, REGISTRY_IMPORT_SHAPE, registryImportJson } from '../shapes/takeover.ts';

export const importMlflowRegistry = defineCommand({
  name: 'import mlflow-registry',
  group: 'Versions',
  summary: "take over MLflow's own registry: models, versions, aliases",
  details: [
    'Models come with their descriptions and tags, which become labels; versions 1, 2, … become v1, v2, … with their ' +
      'files and what is known of their runs; aliases, and the stages Production and Staging, become aliases. A name ' +
      'that is not allowed here is changed as little as possible.',
    'What is there stays as it is, and is not added again: to go on with one that was cut short, run it once more.',
  ],
  arguments: {},
  options: {
    uri: {
      value: 'uri',
      summary: 'where MLflow keeps its registry: mlflow.db, mlruns or a server',
      completes: 'file',
    },
    'dry-run': { summary: 'say what would be done, and change nothing' },
  },
  examples: [
    { line: 'cairn import mlflow-registry --dry-run', does: 'says what would be taken over' },
    {
      line: 'cairn import mlflow-registry --uri http://127.0.0.1:5000',
      does: 'takes over the registry of a server',
    },
  ],
  json: [{ shape: REGISTRY_IMPORT_SHAPE }, { when: 'within it', shape: IMPORTED_MODEL_SHAPE }],
  async run(context, { options }) {
    const { variables } = context;
    const place = { workingFolder: context.workingFolder(), variables, ...present({ uri: options.uri }) };
    return withRegistryAsAuthor(context, async ({ core, registry }) => {
      const taken = await withProgress(context, (task) =>
        core.importMlflowRegistry(registry, { ...place, dryRun: options['dry-run'], ...task }),
      );
      for (const line of taken.models.flatMap(linesOf)) await note(context, line);
      await confirm(context, { json: registryImportJson(taken), text: () => summaryOf(taken) });
      return exitCodeOf(taken);
    });
  },
});

const DONE: Readonly<Record<string, string>> = {
  added: 'added',
  planned: 'would be added',
  there: 'there already',
  'left-out': 'left out',
  failed: 'failed',
};

function linesOf({ registered, model, outcome, versions, aliases }: ImportedModel): string[] {
  const renamed = registered === model ? [] : [`${registered} is called ${model} here`];
  const empty = versions.length === 0 && outcome !== 'there' ? [`${model}: no versions`] : [];
  return [
    ...renamed,
    ...empty,
    ...versions.flatMap((version) => versionLines(model, version)),
    ...aliases.filter(({ outcome: each }) => each !== 'there').map((alias) => aliasLine(model, alias)),
  ];
}

function versionLines(model: string, { version, outcome, problem, notes }: ImportedVersion): string[] {
  const name = `${model}@${version}`;
  return [`${name}: ${DONE[outcome]}${told(problem)}`, ...notes.map((text) => `${name}: ${text}`)];
}

const ALIAS_DONE: Readonly<Record<string, string>> = {
  set: 'is',
  planned: 'would be',
  kept: 'is not made',
  failed: 'cannot be made',
};

function aliasLine(model: string, { alias, version, outcome, problem }: ImportedAlias): string {
  return `${model}@${alias} ${ALIAS_DONE[outcome]} ${version}${told(problem)}`;
}

function told(problem: ImportedVersion['problem']): string {
  if (problem === undefined) return '';
  return `: ${typeof problem === 'string' ? problem : problem.message}`;
}

function summaryOf({ place, models }: RegistryImport): string {
  const versions = models.flatMap((model) => model.versions);
  const count = (outcome: ImportedVersion['outcome']) =>
    versions.filter((each) => each.outcome === outcome).length;
  const parts = (Object.keys(DONE) as ImportedVersion['outcome'][])
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${DONE[outcome]}`);
  const what = `${formatCount(models.length, 'model')} and ${formatCount(versions.length, 'version')}`;
  return `${place} has ${what}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** What could be taken over is there; the first that failed gives the code. */
function exitCodeOf({ models }: RegistryImport): number {
  const failed = models
    .flatMap(({ versions }) => versions)
    .find(({ outcome }) => outcome === 'failed')?.problem;
  if (failed === undefined) return EXIT.done;
  return typeof failed === 'string' ? EXIT.failed : exitCodeFor(failed.code);
}
