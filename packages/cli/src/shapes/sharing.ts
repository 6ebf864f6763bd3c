import type {
  CloneReport,
  ModelPull,
  ModelPush,
  ModelStatus,
  PullReport,
  PushReport,
  Remote,
  RemoteDeletion,
  RemoteStatus,
  SharingProblem,
} from '@cairn/core';
import { documented } from './shape.ts';

/** Where a registry is shared, as `--json` prints it. */
export interface RemoteJson {
  readonly name: string;
  readonly url: string;
  readonly layout: Remote['layout'];
  readonly lazy: boolean;
}

export const REMOTE_SHAPE = documented<RemoteJson>('Remote', {
  name: ['string', 'its name'],
  url: ['string', 'where it is, without passwords'],
  layout: ['"shared" \\| "per-model"', 'one repository for the whole registry, or one for each model'],
  lazy: ['boolean', 'whether weights are left out of what is pulled, and follow when they are needed'],
});

export function remoteJson({ name, shownUrl, layout, lazy }: Remote): RemoteJson {
  return { name, url: shownUrl, layout, lazy };
}

/** What a push, a pull or a look at a remote could not settle, as `--json` prints it. */
export interface SharingProblemJson {
  readonly kind: SharingProblem['kind'];
  readonly failure: boolean;
  readonly model: string | null;
  readonly version: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly ours: SharingProblem['ours'];
  readonly theirs: SharingProblem['theirs'];
  readonly conflicts: SharingProblem['conflicts'];
}

export const SHARING_PROBLEM_SHAPE = documented<SharingProblemJson>('SharingProblem', {
  kind: [
    'string',
    '`version-conflict`, `version-moved`, `version-deleted`, `version-left`, `model-deleted`, `model-left`, ' +
      '`main-behind`, `main-conflict`, `name`, `unsigned`, `unreadable`, `unsaved` or `rejected`',
  ],
  failure: ['boolean', 'whether something that was asked for was not done; the others are worth knowing'],
  model: ['string \\| null', 'the model it is about; null for the registry itself'],
  version: ['string \\| null', 'the version it is about'],
  message: ['string', 'what is the matter'],
  hint: ['string \\| null', 'how to settle it'],
  ours: [
    '{ tag, contents, type, createdAt, createdBy, description, files, size } \\| null',
    'of a version that is another one on the remote: what is here; `contents` is the same wherever the same files are',
  ],
  theirs: ['the same \\| null', 'and what is there; null where it could not be looked at'],
  conflicts: ['{ field, base, ours, theirs }[]', 'what both sides have changed, and to what'],
});

export function problemsJson(problems: readonly SharingProblem[]): SharingProblemJson[] {
  return problems.map(({ isFailure, ...problem }) => ({
    kind: problem.kind,
    failure: isFailure,
    model: problem.model,
    version: problem.version,
    message: problem.message,
    hint: problem.hint,
    ours: problem.ours,
    theirs: problem.theirs,
    conflicts: problem.conflicts,
  }));
}

/** What `cairn push` has done, as `--json` prints it. */
export interface PushJson {
  readonly remote: string;
  readonly url: string;
  readonly registry: { readonly main: string; readonly problems: readonly SharingProblemJson[] };
  readonly models: readonly (Pick<ModelPush, 'model' | 'main' | 'versions'> & {
    readonly problems: readonly SharingProblemJson[];
  })[];
  readonly looked: number;
}

const PUSHED_MAIN = '`same`, `sent`, `behind`, `rejected` or `none`';

export const PUSH_SHAPE = documented<PushJson>('Push', {
  remote: ['string', 'the remote'],
  url: ['string', 'where it is, without passwords'],
  registry: [
    '{ main, problems }',
    `the registry's own files; \`main\` is ${PUSHED_MAIN}; problems are as in SharingProblem`,
  ],
  models: [
    '{ model, main, versions, problems }[]',
    `models that something was done with, or is to be said of: their edits (${PUSHED_MAIN}) and the versions sent`,
  ],
  looked: ['number', 'how many models were looked at'],
});

export function pushJson({ remote, url, registry, models, looked }: PushReport): PushJson {
  return {
    remote,
    url,
    registry: { main: registry.main, problems: problemsJson(registry.problems) },
    models: models.map(({ model, main, versions, problems }) => ({
      model,
      main,
      versions,
      problems: problemsJson(problems),
    })),
    looked,
  };
}

/** What `cairn pull` has done, as `--json` prints it. */
export interface PullJson {
  readonly remote: string;
  readonly url: string;
  readonly registry: {
    readonly main: string;
    readonly files: readonly string[];
    readonly problems: readonly SharingProblemJson[];
  };
  readonly models: readonly (Pick<ModelPull, 'model' | 'main' | 'versions' | 'aliases'> & {
    readonly problems: readonly SharingProblemJson[];
  })[];
  readonly looked: number;
  readonly problems: readonly SharingProblemJson[];
  readonly lazy: boolean;
  readonly unfiltered: boolean;
}

const PULLED_MAIN = '`same`, `created`, `forwarded`, `merged`, `ahead`, `conflict` or `none`';

const PULL_FIELDS = {
  remote: ['string', 'the remote'],
  url: ['string', 'where it is, without passwords'],
  registry: [
    '{ main, files, problems }',
    `the registry's own files: those that were changed; \`main\` is ${PULLED_MAIN}; problems are as in SharingProblem`,
  ],
  models: [
    '{ model, main, versions, aliases, problems }[]',
    `models that something was done with, or is to be said of: their edits (${PULLED_MAIN}), the versions that came, ` +
      'and the aliases that moved, as `{ alias, from, to }`',
  ],
  looked: ['number', 'how many models were looked at'],
  problems: ['SharingProblem[]', 'names that the remote has and this registry cannot have'],
  lazy: ['boolean', 'whether what came is without its weights, which follow when they are needed'],
  unfiltered: ['boolean', 'whether the server could not leave the weights out, so that they came too'],
} as const;

export const PULL_SHAPE = documented<PullJson>('Pull', PULL_FIELDS);

export function pullJson({ registry, models, problems, ...report }: PullReport): PullJson {
  return {
    remote: report.remote,
    url: report.url,
    registry: { main: registry.main, files: registry.files, problems: problemsJson(registry.problems) },
    models: models.map((each) => ({
      model: each.model,
      main: each.main,
      versions: each.versions,
      aliases: each.aliases,
      problems: problemsJson(each.problems),
    })),
    looked: report.looked,
    problems: problemsJson(problems),
    lazy: report.lazy,
    unfiltered: report.unfiltered,
  };
}

/** What `cairn clone` has done, as `--json` prints it. */
export interface CloneJson extends PullJson {
  readonly path: string;
  readonly resumed: boolean;
}

export const CLONE_SHAPE = documented<CloneJson>('Clone', {
  path: ['string', 'the folder of the registry'],
  resumed: ['boolean', 'whether an earlier clone into it was gone on with'],
  ...PULL_FIELDS,
});

export function cloneJson({ registry, resumed, pull }: CloneReport): CloneJson {
  return { path: registry.path, resumed, ...pullJson(pull) };
}

/** How a registry stands to a remote, as `--json` prints it. */
export interface StatusJson {
  readonly remote: string;
  readonly url: string;
  readonly registry: RemoteStatus['registry'];
  readonly models: readonly (Omit<ModelStatus, 'problems'> & {
    readonly problems: readonly SharingProblemJson[];
  })[];
  readonly problems: readonly SharingProblemJson[];
}

export const STATUS_SHAPE = documented<StatusJson>('Status', {
  remote: ['string', 'the remote'],
  url: ['string', 'where it is, without passwords'],
  registry: [
    '{ state, edits } \\| null',
    "the registry's own files, as a model; null where each model has a repository of its own",
  ],
  models: [
    '{ model, state, edits: { ahead, behind }, toPush, toPull, missing: { versions, bytes } \\| null, problems }[]',
    'each model: `same`, `ahead`, `behind`, `diverged`, `unshared` or `absent`; edits that only one side has, null where ' +
      'they cannot be counted; versions that a push would send and a pull would bring; with --weights, how many versions ' +
      'lack weights here, and their bytes; problems as in SharingProblem',
  ],
  problems: ['SharingProblem[]', 'names that the remote has and this registry cannot have'],
});

export function statusJson({ remote, url, registry, models, problems }: RemoteStatus): StatusJson {
  return {
    remote,
    url,
    registry,
    models: models.map((model) => ({ ...model, problems: problemsJson(model.problems) })),
    problems: problemsJson(problems),
  };
}

/** What `cairn rm --remote` has done, or would do, as `--json` prints it. */
export interface RemoteRemovalJson {
  readonly remote: string;
  readonly url: string;
  readonly model: string;
  readonly versions: readonly string[];
  readonly whole: boolean;
  readonly dryRun: boolean;
}

export const REMOTE_REMOVAL_SHAPE = documented<RemoteRemovalJson>('RemoteRemoval', {
  remote: ['string', 'the remote'],
  url: ['string', 'where it is, without passwords'],
  model: ['string', 'the model'],
  versions: ['string[]', 'the versions that are removed there'],
  whole: ['boolean', 'whether the model itself is removed there'],
  dryRun: ['boolean', 'whether nothing was done'],
});

export function remoteRemovalJson(deletion: RemoteDeletion, dryRun: boolean): RemoteRemovalJson {
  const { remote, url, model, versions, isWhole } = deletion;
  return { remote, url, model, versions, whole: isWhole, dryRun };
}
