import { resolve } from 'node:path';
import type { CreatedVersion, Reference, VersionType } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { SIGN_OPTIONS, signOption } from '../arguments/change.ts';
import { ENCRYPTION_OPTIONS, encryptionChoice } from '../arguments/encryption.ts';
import { parseNumberPairs, parsePairs } from '../arguments/pairs.ts';
import { type GivenSources, sourcesFrom } from '../arguments/sources.ts';
import { versionTypeFrom } from '../arguments/version-type.ts';
import { defineCommand } from '../command.ts';
import { trustStoreOf } from '../config-folder.ts';
import type { Context, Core } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { noteNewKey } from '../key-text.ts';
import { withOrigins } from '../origins.ts';
import { confirm, note } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistryAsAuthor } from '../registry.ts';
import { encryptionFrom } from '../secrets/encryption.ts';
import { CREATED_VERSION_SHAPE, createdVersionJson } from '../shapes/versions.ts';

export const add = defineCommand({
  name: 'add',
  group: 'Versions',
  summary: 'add files as a new version of a model',
  details: [
    'The contents of a folder go to the root of the version, a file goes there under its own name. ' +
      '--into sets another place for the paths after it, and --into . goes back to the root.',
    'What is stored already, in any version of the model, is not stored again.',
    '--from takes files from elsewhere, with what is known of them: from a run of MLflow its artifacts and models, ' +
      'params, last metrics, tags and note. It may be repeated, and stand beside paths; what you say yourself counts ' +
      'first. mlflow:<run> names a run by its id or its name, with a path behind it if only that is wanted.',
    'A package has files of a model, hooks that load it and predict with it, and a manifest that describes it: ' +
      '--model, --hooks and --src put the contents of folders, and files, into models/, hooks/ and src/, each for ' +
      'its own path and the paths after it; --manifest becomes manifest.json. The files are checked against the ' +
      'manifest before anything is stored, and its hooks may run on this machine from then on.',
    'With --type packaged-encrypted the package is sealed: contents, names and sizes of its files stay secret. ' +
      'Names of model and version, description, labels, metrics and parameters do not: they stand in the clear. ' +
      'All versions of a model are sealed under one key, and without it nobody opens them again, so keep a copy. ' +
      'Where nothing changed, a new version uses what an earlier one has stored, which shows how much changed; ' +
      '--no-reuse stores all of it anew.',
  ],
  arguments: {
    version: {
      placeholder: '<model>@<version>',
      summary: 'the model, and a new name for the version',
      completes: 'new-version',
    },
    paths: {
      placeholder: '<path>',
      summary: 'folders and files',
      optional: true,
      many: true,
      completes: 'file',
    },
  },
  options: {
    message: { short: 'm', value: 'text', summary: 'the description of the version' },
    base: { value: 'version', summary: 'the version it was made from', completes: 'base' },
    metric: { value: 'key=number', many: true, summary: 'a metric; may be repeated' },
    param: { value: 'key=value', many: true, summary: 'a parameter; may be repeated' },
    label: { value: 'key=value', many: true, summary: 'a label; may be repeated' },
    framework: { value: 'name', summary: 'the framework it is for, such as pytorch' },
    into: { value: 'dir', many: true, summary: 'a place inside the version for the paths after it' },
    from: { value: 'source', many: true, summary: 'such as mlflow:<run>, bentoml:<name> or an archive' },
    uri: {
      value: 'uri',
      summary: 'where MLflow keeps its runs: mlruns, mlflow.db or a server',
      completes: 'file',
    },
    home: { value: 'dir', summary: "BentoML's own folder", completes: 'folder' },
    create: { summary: 'make the model if there is none' },
    ...SIGN_OPTIONS,
    type: { value: 'type', summary: 'plaintext, packaged or packaged-encrypted; plaintext if left out' },
    model: {
      value: 'path',
      many: true,
      summary: 'files of the model of a package; more may follow',
      completes: 'file',
    },
    hooks: { value: 'path', many: true, summary: 'hooks of a package; more may follow', completes: 'file' },
    src: { value: 'path', many: true, summary: 'code that hooks use; more may follow', completes: 'file' },
    manifest: { value: 'file', summary: 'the manifest of a package, whatever its name', completes: 'file' },
    ...ENCRYPTION_OPTIONS,
    'no-reuse': { summary: 'use nothing that an earlier version has sealed' },
  },
  examples: [
    { line: 'cairn add stockpred@v1 ./out --create', does: 'makes the model and adds its first version' },
    {
      line: 'cairn add stockpred@v2 ./out -m "More data" --base v1 --metric accuracy=0.93',
      does: 'adds a version with its story',
    },
    {
      line: 'cairn add stockpred@v3 ./out --into tokenizer ./tok',
      does: 'puts the contents of tok into the folder tokenizer',
    },
    {
      line: 'cairn add stockpred@v4 --from mlflow:bold-cat-12',
      does: 'adds what a run of MLflow has logged, with its params and metrics',
    },
    {
      line: 'cairn add net@v1 --type packaged --model w --hooks h --manifest m.json',
      does: 'adds a package that can be loaded and run, from its parts',
    },
    {
      line: 'cairn add net@v2 --type packaged-encrypted ./package',
      does: "seals a whole package with the model's own key, made on first use",
    },
  ],
  json: [{ shape: CREATED_VERSION_SHAPE }],
  async run(context, { arguments: { version: reference }, options, words }) {
    const { message: description, base, framework, uri, home } = options;
    const type = versionTypeFrom(options);
    const isSealed = type === 'packaged-encrypted';
    if (isSealed) encryptionChoice(options);
    const manifest = options.manifest && resolve(context.workingFolder(), options.manifest);
    const given = checkedSources(sourcesFrom(words, context.workingFolder()), type, manifest);
    const details = {
      ...(options.type !== undefined && { type }),
      sources: given.sources,
      params: parsePairs('param', options.param),
      metrics: parseNumberPairs('metric', options.metric),
      labels: parsePairs('label', options.label),
      createModel: options.create,
      ...signOption(options),
      reuse: !options['no-reuse'],
      ...present({ description, base, framework, manifest }),
    };
    await withRegistryAsAuthor(context, async (open) => {
      const name = parseVersionName(open, reference);
      const encryption = isSealed
        ? await encryptionFrom(context, open, { ...options, model: name.model })
        : undefined;
      const created = await withProgress(context, (task) =>
        withOrigins(context, open, { ...given, ...present({ uri, home }), task }, (origins) =>
          open.core.createVersion(open.registry, name, {
            ...details,
            origins,
            ...present({ encryption }),
            ...task,
          }),
        ),
      );
      for (const text of created.notes ?? []) await note(context, text);
      for (const path of created.skipped) await note(context, `left out ${path}`);
      await trustOwnHooks(context, open, created);
      await confirm(context, { json: createdVersionJson(created), text: () => summaryOf(created) });
      if (created.newKey) {
        await note(context, `made a key for ${name.model}`);
        await noteNewKey(context, created.newKey);
      }
    });
    return EXIT.done;
  },
});

/** Nothing is left for the library to miss that a word on the command line would give. */
function checkedSources(given: GivenSources, type: VersionType, manifest: string | undefined): GivenSources {
  if (given.sources.length > 0 || given.origins.length > 0) return given;
  if (type === 'plaintext') {
    throw usageError('add needs a path', 'usage: cairn add <model>@<version> <path...> [options]');
  }
  throw usageError(
    `add needs the files of the package${manifest === undefined ? '' : ' beside its manifest'}`,
    'such as --model ./out --hooks ./hooks --manifest manifest.json, or the folder of a whole package',
  );
}

/** Whoever adds hooks has them on this machine already. That it cannot be noted does not undo the version. */
async function trustOwnHooks(
  context: Context,
  { core }: OpenRegistry,
  { codeDigest, version }: CreatedVersion,
): Promise<void> {
  if (codeDigest === null) return;
  try {
    await core.trust(trustStoreOf(context), codeDigest, `${version.model}@${version.version}`);
  } catch (error) {
    await note(context, `its hooks are not trusted yet: ${error instanceof Error ? error.message : error}`);
  }
}

function parseVersionName({ core }: OpenRegistry, text: string): { model: string; version: string } {
  const { model, version, path } = parseProposing(core, text);
  if (version === undefined)
    throw usageError(`'${text}' names no version`, `such as cairn add ${model}@v1 path`);
  if (path !== undefined)
    throw usageError(`'${text}' names a file`, 'a place inside the version is set with --into');
  return { model, version };
}

/** Names that come from elsewhere are often not as names are here: then one that is close is proposed. */
function parseProposing(core: Core, text: string): Reference {
  try {
    return core.parseReference(text);
  } catch (error) {
    if (!(error instanceof core.CairnError) || typeof error.data.name !== 'string') throw error;
    const { kind, name } = error.data;
    const close = kind === 'model' ? core.proposeModelName(name) : core.proposeVersionName(name);
    throw usageError(error.message, `perhaps ${close}? ${error.hint ?? ''}`.trim());
  }
}

function summaryOf({ version, stored, reused }: CreatedVersion): string {
  const what = `${version.model}@${version.version}`;
  const news =
    reused.bytes > 0 ? `; ${formatSize(stored.bytes)} new, ${formatSize(reused.bytes)} there already` : '';
  // The number of sealed streams says nothing to anybody.
  if (version.type === 'packaged-encrypted')
    return `added ${what}, sealed: ${formatSize(version.size)}${news}`;
  return `added ${what}: ${formatCount(version.files.length, 'file')}, ${formatSize(version.size)}${news}`;
}
