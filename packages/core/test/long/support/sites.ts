import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseTrace, type Strike, type TracedCall } from '@cairn/testkit/faults/faults.js';
import { expect } from 'vitest';
import { runScript } from './children.ts';
import type { Outcome } from './operations.ts';
import type { Workshop } from './registries.ts';
import { filesBelow, type RegistryState, soundRegistry } from './soundness.ts';
import type { Trial } from './trials.ts';

/** A copy of a registry that something happens to, with room of its own beside it. */
export interface Site {
  readonly folder: string;
  readonly registry: string;
  /** Where versions are taken out to. */
  readonly out: string;
}

export interface SiteState {
  readonly registry: RegistryState;
  /** What has been taken out; null when there is no such folder. */
  readonly out: Readonly<Record<string, string>> | null;
}

/** What an undisturbed run does. */
export interface Course {
  readonly trace: readonly TracedCall[];
  readonly before: SiteState;
  readonly after: SiteState;
}

export async function stateOf({ registry, out }: Site): Promise<SiteState> {
  return { registry: await soundRegistry(registry), out: filesBelow(out) };
}

/** A trial, where its sites are made from. */
export interface Setting {
  readonly workshop: Workshop;
  readonly trial: Trial;
}

/** Runs the operation undisturbed, and tells what it did. */
export async function courseOf(setting: Setting): Promise<Course> {
  return atSite(setting, 'course', async (site) => {
    const before = await stateOf(site);
    const { outcome, trace } = await attempt(site, setting);
    expect(outcome).toMatchObject({ code: 'done' });
    expect(setting.trial.includes?.(trace) ?? true, 'the run does what it is to be tried for').toBe(true);
    return { trace, before, after: await stateOf(site) };
  });
}

export interface Attempt {
  readonly trace: readonly TracedCall[];
  /** Null when the process was killed. */
  readonly outcome: Outcome | null;
}

/** Carries out the operation of a trial in a process of its own. */
export async function attempt(site: Site, { trial, workshop }: Setting, strike?: Strike): Promise<Attempt> {
  const trace = join(site.folder, 'trace');
  const args = [site.registry, JSON.stringify(trial.operation(site, workshop))];
  const ended = await runScript('perform-operation', args, {
    faults: { trace, ...(strike && { strike }) },
    // So that what is left among temporary files is left in the site.
    variables: { TMPDIR: site.folder, TMP: site.folder, TEMP: site.folder },
  });
  const calls = existsSync(trace) ? parseTrace(readFileSync(trace, 'utf8')) : [];
  rmSync(trace, { force: true });
  if (ended.signal === 'SIGKILL') return { trace: calls, outcome: null };
  if (ended.status !== 0) throw new Error(`the process ended with ${ended.status}: ${ended.stderr}`);
  return { trace: calls, outcome: JSON.parse(ended.stdout) as Outcome };
}

/** Gives an action a fresh copy of the registry, which stays for a look at it when the action fails. */
async function atSite<T>(setting: Setting, name: string, action: (site: Site) => Promise<T>): Promise<T> {
  const { workshop, trial } = setting;
  const folder = mkdtempSync(join(workshop.folder, `${name}-`));
  const site = { folder, registry: join(folder, 'registry'), out: join(folder, 'out') };
  cpSync(workshop.path, site.registry, { recursive: true });
  trial.prepare?.(site, workshop);
  const result = await action(site);
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/**
 * Tries what happens at each of the points, on a fresh copy of the registry each time, as many at once as there are
 * processors. Fails with all that went wrong.
 */
export async function tryEach(
  setting: Setting & { readonly course: Course },
  strikes: readonly Strike[],
  check: (site: Site, strike: Strike, index: number) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < strikes.length; index = next++) {
      const strike = strikes[index]!;
      const failure = await atSite(setting, 'site', (site) => check(site, strike, index)).then(
        () => null,
        described,
      );
      if (failure !== null) failures.push(`${placeOf(strike, setting.course)}: ${failure}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  expect(failures).toEqual([]);
}

function placeOf({ how, moment, call }: Strike, { trace }: Course): string {
  const { name, target } = trace[call - 1] ?? { name: 'a later one', target: '' };
  return `${how} ${moment} call ${call}, ${name} ${target}`;
}

/** Of an expectation with what there was; of any other error with where it came from. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'actual' in error ? `${error.message}; got ${JSON.stringify(error.actual)}` : String(error.stack);
}
