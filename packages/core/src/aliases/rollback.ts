import { readRef } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { withModel } from '../models/model-repository.ts';
import { checkAliasName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { eventsOf } from './events.ts';
import { readMainLog } from './main-log.ts';
import { type AliasMove, type AliasOptions, type AliasTarget, moveAlias, unknownAlias } from './move.ts';
import { stepsOf } from './past.ts';

/**
 * Moves an alias one step back, to what it stood for before its last move. To do it again goes one step further back.
 * An alias that was removed comes back. Throws `not-found` for one that never was, `refused` when there is nothing to go
 * back to, or the version is not there any more, or the alias is protected; `conflict` when somebody moves it meanwhile.
 */
export function rollbackAlias(
  registry: Registry,
  target: AliasTarget,
  options: AliasOptions = {},
): Promise<AliasMove> {
  return atBorder(() =>
    withModel(registry, target.model, async (repository) => {
      checkAliasName(target.alias);
      const commits = await readMainLog(repository, target.model);
      const steps = stepsOf(eventsOf(repository, commits), target.alias);
      const to = previous(target, steps);
      if (readRef(repository.gitDir, TAG_PREFIX + to) === null) throw missingStep(target, to);
      return moveAlias(repository, registry, {
        target,
        options,
        move: {
          action: 'alias-rollback',
          to: (from) => {
            if (from !== steps.at(-1)) throw movedMeanwhile(target);
            return to;
          },
        },
      });
    }),
  );
}

function previous(target: AliasTarget, steps: readonly (string | null)[]): string {
  if (steps.length === 0) throw unknownAlias(target);
  const to = steps.at(-2);
  if (to != null) return to;
  const { model, alias } = target;
  throw new CairnError(
    'refused',
    `the alias ${alias} of ${model} has nothing to go back to before ${steps.at(-1)}`,
    {
      hint: `see its moves with \`cairn history ${model} --alias ${alias}\``,
      data: { model, alias },
    },
  );
}

/** To go on to an older one instead would put something into production that nobody has named. */
function missingStep({ model, alias }: AliasTarget, version: string): CairnError {
  return new CairnError(
    'refused',
    `the alias ${alias} of ${model} stood for ${version} before, which is not here any more`,
    {
      hint: `name the version to go to: \`cairn alias set ${model} ${alias} <version>\``,
      data: { model, alias, version },
    },
  );
}

function movedMeanwhile({ model, alias }: AliasTarget): CairnError {
  return new CairnError('conflict', `the alias ${alias} of ${model} was moved meanwhile`, {
    hint: `see where it is with \`cairn alias ls ${model}\`, then try again`,
    data: { model, alias },
  });
}
