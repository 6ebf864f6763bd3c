import type { Unlock } from '../keys/unlock.ts';
import type { TaskOptions } from '../progress.ts';
import type { VersionType } from '../schema/version.ts';

/**
 * What a folder is built to serve: a bento with BentoML, the hooks of a package in Python (`docker`) or for Node
 * (`node`).
 */
export type Template = 'bento' | 'docker' | 'node';

export interface BuildTemplateOptions extends TaskOptions {
  /** What the version holds decides when left out. */
  readonly template?: Template;
  /** What a sealed version is opened with. */
  readonly unlock?: Unlock;
  /** Lets what is sealed be written in the clear, as whatever is to run it needs it. */
  readonly plaintext?: boolean;
}

export interface BuiltTemplate {
  /** Absolute path of the folder. */
  readonly destination: string;
  readonly model: string;
  readonly version: string;
  readonly type: VersionType;
  readonly template: Template;
  /** Name and tag of the image that the folder is for. */
  readonly image: string;
  /** How the image is built from within the folder: what `docker` and `podman` are called with. */
  readonly buildArguments: readonly string[];
  /** What whoever builds it should know. */
  readonly notes: readonly string[];
}

/** Where predictions are asked for, and where metrics and probes are, in the container. */
export const PORTS = { http: 3000, probe: 3001 } as const;

/** A file of a template that is written as text. */
export interface TemplateText {
  /** Relative to the template's folder, `/`-separated. */
  readonly path: string;
  readonly text: string;
}

/** What a template is made from: its texts, besides what came from the version. */
export interface TemplateTexts {
  readonly texts: readonly TemplateText[];
  readonly buildArguments: readonly string[];
  readonly notes: readonly string[];
}

/** What is served, by names that the grammars of models and versions allow and nothing else. */
export interface Served {
  readonly model: string;
  readonly version: string;
  readonly image: string;
}
