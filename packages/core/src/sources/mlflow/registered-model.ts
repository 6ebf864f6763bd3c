/** A version in MLflow's own registry. */
export interface RegisteredVersion {
  /** A number, as text. */
  readonly version: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: string | null;
  readonly user: string | null;
  /** Such as `Production`; `null` for none, as MLflow 3 knows aliases instead. */
  readonly stage: string | null;
  readonly runId: string | null;
  /** Where its files are: a path, a URI, `runs:/…` or `models:/m-…`. */
  readonly source: string | null;
  /** The same, resolved, where MLflow says so. */
  readonly storageLocation: string | null;
  readonly isReady: boolean;
}

/** A model in MLflow's own registry. */
export interface RegisteredModel {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Versions by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The oldest first. */
  readonly versions: readonly RegisteredVersion[];
}

/** By number: 2 before 10. */
export function oldestFirst(versions: readonly RegisteredVersion[]): RegisteredVersion[] {
  return [...versions].sort((a, b) => Number(a.version) - Number(b.version));
}
