import { type ObjectId, pushRefs, type Repository, readRef, updateRefs } from '@cairn/store';
import { MAIN_REF } from '../models/main-branch.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { leadsTo } from './commit-graph.ts';
import type { Contact } from './contact.ts';
import { mainBehind, rejected } from './found-problems.ts';
import type { SharingProblem } from './problems.ts';
import type { PushedMain } from './push-model.ts';
import { trackingRef } from './ref-layout.ts';
import { withRegistryRepository } from './registry-repository.ts';

/** What became of the registry's own branch. */
export interface RegistryPush {
  readonly main: PushedMain;
  readonly problems: readonly SharingProblem[];
}

/** Sends the registry's own branch: its description, README and settings, as they were committed. */
export function pushRegistry(contact: Contact, there: ObjectId | null): Promise<RegistryPush> {
  return withRegistryRepository(contact.registry, async (repository) => {
    const here = readRef(repository.gitDir, MAIN_REF);
    if (here === null) return { main: 'none', problems: [] };
    if (here === there) {
      await track(repository, contact, here);
      return { main: 'same', problems: [] };
    }
    const isKnown = there !== null && repository.objects.has(there);
    if (isKnown && leadsTo(repository, there, here)) return { main: 'behind', problems: [] };
    if (there === null || (isKnown && leadsTo(repository, here, there)))
      return send(contact, repository, { here, there });
    const tracked = readRef(repository.gitDir, trackingRef(contact.remote.name));
    const isBlocked = isKnown || tracked === null || !leadsTo(repository, tracked, here);
    return { main: 'behind', problems: isBlocked ? [mainBehind(null, contact.remote.name)] : [] };
  });
}

async function send(
  contact: Contact,
  repository: Repository,
  { here, there }: { readonly here: ObjectId; readonly there: ObjectId | null },
): Promise<RegistryPush> {
  const { remote, programs, signal } = contact;
  const [result] = await pushRefs(repository, {
    url: remote.url,
    updates: [{ local: here, remote: MAIN_REF, expect: there }],
    programs,
    signal,
  });
  if (result?.ok) {
    await track(repository, contact, here);
    return { main: 'sent', problems: [] };
  }
  const isOvertaken = ['exists', 'moved', 'not-fast-forward'].includes(result?.reason ?? '');
  const found = isOvertaken ? mainBehind(null, remote.name) : rejected({}, remote.name, result?.detail ?? '');
  return { main: 'rejected', problems: [found] };
}

async function track({ gitDir }: Repository, { remote }: Contact, commit: ObjectId): Promise<void> {
  await updateRefs(gitDir, [{ name: trackingRef(remote.name), to: commit }], { timeoutMs: LOCK_TIMEOUT_MS });
}
