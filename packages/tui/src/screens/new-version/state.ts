import type { Framework, PackageManifest, Source, VersionPreview, VersionType } from '@cairn/core';
import type { FolderEntry } from '../../files/list-folder.ts';
import { type FormAction, type FormState, formState, reduceForm, textOf } from '../../form/form-state.ts';
import { LIST_START, type ListMove, type ListState, moveList } from '../../list/list-state.ts';
import type { Failure } from '../../ui/failure.ts';
import {
  type Counted,
  originRow,
  type PickedOrigin,
  prefixOf,
  replaced,
  type SourceRole,
  type SourceRow,
  sourceRows,
  toSource,
  withSources,
} from './sources.ts';
import { suggestVersionName } from './suggest.ts';

export type Step = 'name' | 'files' | 'hooks' | 'manifest' | 'encryption' | 'details' | 'summary';

export const VERSION_TYPES: readonly VersionType[] = ['plaintext', 'packaged', 'packaged-encrypted'];

const STEPS: Readonly<Record<VersionType, readonly Step[]>> = {
  plaintext: ['name', 'files', 'details', 'summary'],
  packaged: ['name', 'files', 'hooks', 'manifest', 'details', 'summary'],
  'packaged-encrypted': ['name', 'files', 'hooks', 'manifest', 'encryption', 'details', 'summary'],
};

export const FRAMEWORKS: readonly (Framework | 'none')[] = [
  'none',
  'pytorch',
  'pytorch.lightning',
  'tensorflow',
  'tensorflow.keras',
];

export type NameField = 'version' | 'type' | 'base';
export type ManifestField = 'origin' | 'framework';
export type EncryptionField = 'way' | 'passphrase' | 'again';
export type DetailField = 'description' | 'metrics' | 'params' | 'labels' | 'framework';

/** The steps that are forms, by their fields. */
export interface Forms {
  readonly name: FormState<NameField>;
  readonly manifest: FormState<ManifestField>;
  readonly encryption: FormState<EncryptionField>;
  readonly details: FormState<DetailField>;
}

/** A manifest that was picked, as it was found. */
export type PickedManifest = { readonly path: string } & (
  | { readonly manifest: PackageManifest }
  | { readonly failure: Failure }
);

export interface NewVersionState {
  readonly model: string;
  /** Those there are, newest first. */
  readonly versions: readonly string[];
  readonly step: Step;
  readonly forms: Forms;
  readonly sources: Readonly<Record<SourceRole, readonly SourceRow[]>>;
  readonly list: ListState;
  /** Where the file browser stood last. */
  readonly folder: string;
  readonly hasKeyring: boolean;
  readonly picked: PickedManifest | null;
  /** A passphrase that was proposed, which is shown: whoever has not typed it has to read it. */
  readonly proposed: string | null;
  /** What the version would hold; a failure when it could not be made; `null` until that is known. */
  readonly preview: VersionPreview | Failure | null;
}

export type NewVersionAction =
  | { readonly type: 'step'; readonly by: number }
  | { readonly type: 'form'; readonly action: FormAction<string> }
  | {
      readonly type: 'inserted';
      readonly role: SourceRole;
      readonly entries: readonly FolderEntry[];
      readonly folder: string;
    }
  | { readonly type: 'origin'; readonly role: SourceRole; readonly origin: PickedOrigin }
  | { readonly type: 'removed' | 'replaced' }
  | { readonly type: 'counted'; readonly path: string; readonly counted: Counted }
  | { readonly type: 'moved'; readonly move: ListMove; readonly height: number }
  | { readonly type: 'picked'; readonly picked: PickedManifest }
  | { readonly type: 'proposed'; readonly passphrase: string }
  | { readonly type: 'preview'; readonly preview: VersionPreview | Failure | null };

export interface NewVersionStart {
  readonly model: string;
  readonly versions: readonly string[];
  readonly folder: string;
  /** Whether there is a place for keys; without one only a passphrase can seal. */
  readonly hasKeyring: boolean;
  /** What its files come from, when that was picked first. */
  readonly origin?: PickedOrigin;
}

export function startNewVersion(start: NewVersionStart): NewVersionState {
  const { model, versions, folder, hasKeyring, origin } = start;
  return {
    model,
    versions,
    step: 'name',
    forms: {
      name: formState({
        version: suggestVersionName(versions),
        type: 'plaintext',
        base: versions[0] ?? NO_BASE,
      }),
      manifest: formState({ origin: 'generated', framework: 'none' }),
      encryption: shownFields(
        'encryption',
        formState({ way: hasKeyring ? 'key' : 'passphrase', passphrase: '', again: '' }),
      ) as Forms['encryption'],
      details: formState({ description: '', metrics: '', params: '', labels: '', framework: '' }),
    },
    sources: { model: origin ? [originRow(origin)] : [], hook: [] },
    list: LIST_START,
    folder,
    hasKeyring,
    picked: null,
    proposed: null,
    preview: null,
  };
}

/** Whether there is anything that would be missed. */
export function isFilledIn({ sources, forms }: NewVersionState): boolean {
  const texts = [...Object.values(forms.details.fields), forms.encryption.fields.passphrase];
  return sources.model.length + sources.hook.length > 0 || texts.some(({ text }) => text !== '');
}

/** What stands for a version that was made from no other. */
export const NO_BASE = 'none';

export function typeOf({ forms }: NewVersionState): VersionType {
  return textOf(forms.name, 'type') as VersionType;
}

export function stepsOf(state: NewVersionState): readonly Step[] {
  return STEPS[typeOf(state)];
}

/** The list that the step is about; `null` for a step that is none. */
export function roleOf({ step }: NewVersionState): SourceRole | null {
  if (step === 'files') return 'model';
  return step === 'hooks' ? 'hook' : null;
}

/** The form that the step is; `null` for a step that is none. */
export function formOf({ step, forms }: NewVersionState): FormState<string> | null {
  return step === 'name' || step === 'manifest' || step === 'encryption' || step === 'details'
    ? (forms[step] as FormState<string>)
    : null;
}

/** Fields that are chosen from a few values instead of typed. */
export function choicesOf(state: NewVersionState, field: string): readonly string[] | null {
  if (state.step === 'name' && field === 'type') return VERSION_TYPES;
  if (state.step === 'name' && field === 'base') return [NO_BASE, ...state.versions];
  if (state.step === 'manifest' && field === 'origin') return ['generated', 'picked'];
  if (state.step === 'manifest' && field === 'framework') return FRAMEWORKS;
  if (state.step !== 'encryption' || field !== 'way') return null;
  return state.hasKeyring ? ['key', 'passphrase'] : ['passphrase'];
}

/** Where the model files of a package stand: as its manifest says. */
export function modelPlace({ model, forms, picked }: NewVersionState): string {
  if (textOf(forms.manifest, 'origin') === 'picked') {
    const models = picked && 'manifest' in picked ? picked.manifest.models : [];
    return models.length === 1 ? models[0]!.folder : 'models';
  }
  return textOf(forms.manifest, 'framework') === 'none' ? `models/${model}` : 'models';
}

export function prefixIn(state: NewVersionState, role: SourceRole): string {
  return prefixOf(typeOf(state), role, modelPlace(state));
}

/** All folders and files as the library takes them. */
export function sourcesOf(state: NewVersionState): Source[] {
  return rolesOf(state).flatMap((role) =>
    state.sources[role]
      .filter(({ kind }) => kind !== 'origin')
      .map((row) => toSource(row, prefixIn(state, role))),
  );
}

/** What else files come from, each with the folder of the version for them. */
export function originsOf(state: NewVersionState): { readonly reference: string; readonly into: string }[] {
  return rolesOf(state).flatMap((role) =>
    state.sources[role]
      .filter(({ kind }) => kind === 'origin')
      .map(({ path }) => ({ reference: path, into: prefixIn(state, role) })),
  );
}

function rolesOf(state: NewVersionState): readonly SourceRole[] {
  return typeOf(state) === 'plaintext' ? ['model'] : ['model', 'hook'];
}

export function selectedSource(state: NewVersionState): SourceRow | null {
  const role = roleOf(state);
  if (role === null) return null;
  const rows = state.sources[role];
  return rows[Math.min(state.list.cursor, rows.length - 1)] ?? null;
}

export function reduceNewVersion(state: NewVersionState, action: NewVersionAction): NewVersionState {
  switch (action.type) {
    case 'step': {
      const steps = stepsOf(state);
      const index = steps.indexOf(state.step) + action.by;
      const step = steps[Math.max(0, Math.min(index, steps.length - 1))]!;
      const details = { ...state.forms.details, names: detailFields(typeOf(state)) };
      return { ...state, step, list: LIST_START, preview: null, forms: { ...state.forms, details } };
    }
    case 'form':
      return withForm(state, action.action);
    case 'inserted': {
      const { role, entries, folder } = action;
      const added = sourceRows(entries, prefixIn(state, role));
      return { ...withRows(state, role, withSources(state.sources[role], added)), folder };
    }
    case 'origin':
      return withRows(
        state,
        action.role,
        withSources(state.sources[action.role], [originRow(action.origin)]),
      );
    case 'removed':
      return changeSelected(state, (rows, at) => rows.toSpliced(at, 1));
    case 'replaced':
      return changeSelected(state, (rows, at) => rows.with(at, replaced(rows[at]!)));
    case 'counted': {
      const counted = (rows: readonly SourceRow[]) =>
        rows.map((row) => (row.path === action.path ? { ...row, counted: action.counted } : row));
      const { model, hook } = state.sources;
      return { ...state, sources: { model: counted(model), hook: counted(hook) } };
    }
    case 'moved': {
      const count = state.sources[roleOf(state) ?? 'model'].length;
      return { ...state, list: moveList(state.list, action.move, { count, height: action.height }) };
    }
    case 'picked':
      return { ...state, picked: action.picked };
    case 'proposed':
      return withProposal(state, action.passphrase);
    case 'preview':
      return { ...state, preview: action.preview };
  }
}

function withProposal(state: NewVersionState, passphrase: string): NewVersionState {
  const texts = { way: 'passphrase', passphrase, again: passphrase };
  const filled = Object.entries(texts).reduce(
    (before, [name, text]) => withForm(before, { type: 'filled', name, text }),
    state,
  );
  return { ...filled, proposed: passphrase };
}

function withRows(state: NewVersionState, role: SourceRole, rows: readonly SourceRow[]): NewVersionState {
  return { ...state, sources: { ...state.sources, [role]: rows } };
}

function changeSelected(
  state: NewVersionState,
  change: (rows: readonly SourceRow[], at: number) => readonly SourceRow[],
): NewVersionState {
  const role = roleOf(state);
  const selected = selectedSource(state);
  if (role === null || selected === null) return state;
  const rows = change(state.sources[role], state.sources[role].indexOf(selected));
  const cursor = Math.max(0, Math.min(state.list.cursor, rows.length - 1));
  return { ...withRows(state, role, rows), list: { ...state.list, cursor } };
}

/** A field of choices takes no text: left, right and space go through what can be chosen. */
function withForm(state: NewVersionState, action: FormAction<string>): NewVersionState {
  const form = formOf(state);
  if (form === null) return state;
  const choices = choicesOf(state, form.focus);
  const next =
    action.type === 'typed' && choices !== null
      ? chosen(form, choices, action.typed.kind === 'key' ? action.typed.name : '')
      : reduceForm(form, action);
  return { ...state, forms: { ...state.forms, [state.step]: shownFields(state.step, next) } as Forms };
}

/** A sealed version says of its framework in its manifest alone. */
function detailFields(type: VersionType): readonly DetailField[] {
  const fields = ['description', 'metrics', 'params', 'labels'] as const;
  return type === 'packaged-encrypted' ? fields : [...fields, 'framework'];
}

/** The fields that matter for what is chosen in the first one. */
function shownFields(step: Step, form: FormState<string>): FormState<string> {
  if (step === 'encryption')
    return { ...form, names: textOf(form, 'way') === 'key' ? ['way'] : ['way', 'passphrase', 'again'] };
  if (step === 'manifest')
    return { ...form, names: textOf(form, 'origin') === 'picked' ? ['origin'] : ['origin', 'framework'] };
  return form;
}

function chosen(form: FormState<string>, choices: readonly string[], key: string): FormState<string> {
  const by = key === 'left' ? -1 : key === 'right' || key === 'space' ? 1 : 0;
  const index = choices.indexOf(textOf(form, form.focus)) + by + choices.length;
  const text = choices[index % choices.length]!;
  return reduceForm(form, { type: 'filled', name: form.focus, text });
}
