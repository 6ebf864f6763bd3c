import { atBorder } from '../errors.ts';
import { aliasedVersion, isProtected, withProtection } from '../models/aliases.ts';
import { editMain } from '../models/main-branch.ts';
import { checkReason } from '../models/main-message.ts';
import { withModel } from '../models/model-repository.ts';
import { checkAliasName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import type { SignOptions } from '../signing/signing.ts';
import { type AliasTarget, unknownAlias } from './move.ts';

export interface ProtectOptions extends SignOptions {
  /** Whether it is to be protected; true when left out. */
  readonly protect?: boolean;
  /** Why, for the history. */
  readonly reason?: string;
}

/**
 * Protects an alias, or no longer. A protected one is moved or removed, and its version deleted, only when that is
 * insisted on and a reason given. Gives false when it was so already. Throws `not-found`.
 */
export function protectAlias(
  registry: Registry,
  target: AliasTarget,
  { protect = true, reason: text, sign }: ProtectOptions = {},
): Promise<boolean> {
  return atBorder(async () => {
    const { model, alias } = target;
    checkAliasName(alias);
    const reason = checkReason(text);
    const subject = protect ? `protect the alias ${alias}` : `no longer protect the alias ${alias}`;
    const action = protect ? 'alias-protect' : 'alias-unprotect';
    let changed = false;
    await withModel(registry, model, (repository) =>
      editMain(repository, registry, {
        model,
        message: subject,
        ...(sign !== undefined && { sign }),
        change: ({ document, card }) => {
          if (aliasedVersion(document, alias) === undefined) throw unknownAlias(target);
          changed = isProtected(document, alias) !== protect;
          if (!changed) return null;
          const message = { subject, reason, action, facts: { alias } } as const;
          return { document: withProtection(document, alias, protect), card, message };
        },
      }),
    );
    return changed;
  });
}
