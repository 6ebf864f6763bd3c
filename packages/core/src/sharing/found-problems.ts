import { type FieldConflict, problem, type SharingProblem } from './problems.ts';

/** What a problem is about: the registry itself where no model is named. */
interface Subject {
  readonly model?: string | null;
  readonly version?: string;
}

interface VersionSubject {
  readonly model: string;
  readonly version: string;
}

const PULL_FIRST = '`cairn pull`, then `cairn push` again';

/** @param model `null` for the registry itself */
export function mainBehind(model: string | null, remote: string): SharingProblem {
  const what = model === null ? 'the registry' : model;
  return problem(
    'main-behind',
    `${remote} has edits of ${what} that are not here yet, so that yours were not sent`,
    {
      model,
      hint: PULL_FIRST,
    },
  );
}

export function versionTaken({ model, version }: VersionSubject, remote: string): SharingProblem {
  return problem('version-conflict', `somebody else gave ${model}@${version} to ${remote} at the same time`, {
    ...{ model, version },
    hint: '`cairn pull` says what each side holds, and how to keep both',
  });
}

export function rejected({ model = null, version }: Subject, remote: string, detail: string): SharingProblem {
  const what = version === undefined ? (model ?? 'the registry') : `${model}@${version}`;
  const said = detail === '' ? '' : `: ${detail}`;
  return problem('rejected', `${remote} did not take ${what}${said}`, {
    model,
    version: version ?? null,
    hint: 'ask who looks after that repository what it allows',
  });
}

export function versionDeleted({ model, version }: VersionSubject, remote: string): SharingProblem {
  const what = `${model}@${version}`;
  return problem('version-deleted', `${what} was deleted on ${remote}; it is kept here`, {
    ...{ model, version },
    isFailure: false,
    hint: `delete it here too with \`cairn rm ${what}\`, or send it again with \`cairn push ${what}\``,
  });
}

export function versionLeft({ model, version }: VersionSubject, remote: string): SharingProblem {
  const what = `${model}@${version}`;
  return problem('version-left', `${what} was deleted here, and is still on ${remote}`, {
    ...{ model, version },
    isFailure: false,
    hint: `bring it back with \`cairn pull ${what}\`, or delete it there with \`cairn rm ${what} --remote\``,
  });
}

export function modelDeleted(model: string, remote: string): SharingProblem {
  return problem('model-deleted', `${model} was deleted on ${remote}; it is kept here`, {
    model,
    isFailure: false,
    hint: `delete it here too with \`cairn rm ${model}\`, or send it again with \`cairn push ${model}\``,
  });
}

export function modelLeft(model: string, remote: string): SharingProblem {
  return problem('model-left', `${model} was deleted or renamed here, and is still on ${remote}`, {
    model,
    isFailure: false,
    hint: `bring it back with \`cairn pull ${model}\`, or delete it there with \`cairn rm ${model} --remote\``,
  });
}

/** @param model `null` for the registry itself */
export function mainConflict(
  model: string | null,
  remote: string,
  conflicts: readonly FieldConflict[],
): SharingProblem {
  const what = model ?? 'the registry';
  const named = model === null ? '' : ` ${model}`;
  const fields = conflicts.map(({ field }) => field).join(', ');
  return problem('main-conflict', `${what} was edited here and on ${remote} in the same place: ${fields}`, {
    model,
    conflicts,
    hint: `\`cairn pull${named} --ours\` keeps yours, \`cairn pull${named} --theirs\` takes theirs; everything else of both stays`,
  });
}

/** A version that is another one on the remote, as long as nobody has looked at what that holds. */
export function versionDiffers(
  { model, version }: VersionSubject,
  remote: string,
  isMoved: boolean,
): SharingProblem {
  const what = `${model}@${version}`;
  const message = isMoved
    ? `${remote} has given ${what} to something else since it was shared; the one here is kept`
    : `${what} is one version here and another on ${remote}`;
  return problem(isMoved ? 'version-moved' : 'version-conflict', message, {
    ...{ model, version },
    hint: keepBoth({ model, version }),
  });
}

export function keepBoth({ model, version }: VersionSubject): string {
  return `to keep both: \`cairn rename ${model}@${version} ${version}-mine\`, then \`cairn pull\``;
}

export function caseTwin({ model, version }: VersionSubject, remote: string): SharingProblem {
  return problem(
    'name',
    `${remote} has ${model}@${version}, which is passed over: another differs from it only in case`,
    {
      ...{ model, version },
      isFailure: false,
    },
  );
}

export function aliasShadowed(model: string, alias: string, remote: string): SharingProblem {
  const message = `${remote} has the alias ${alias} of ${model}, which is the name of a version here: that goes before it`;
  return problem('name', message, {
    model,
    hint: `rename the version, \`cairn rename ${model}@${alias} ${alias}-mine\`, or remove the alias`,
  });
}

/** A version that would take the place of an alias, here or on the remote. */
export function hiddenByAlias(
  { model, version, alias }: VersionSubject & { readonly alias: string },
  remote: string,
): SharingProblem {
  const message = `${model}@${version} of ${remote} is not taken over: ${alias} is an alias of ${model}`;
  return problem('name', message, {
    ...{ model, version },
    hint: `remove the alias for everybody with \`cairn alias rm ${model} ${alias}\` and \`cairn push\`, then \`cairn pull\``,
  });
}
