/** The tag in which MLflow 2 keeps what models a run has logged. */
export const MODEL_HISTORY_TAG = 'mlflow.log-model.history';

/** Where the models that a run of MLflow 2 has logged stand among its artifacts, as they were logged; none for a tag that is no list. */
export function loggedPaths(tag: string | undefined): string[] {
  if (tag === undefined || tag === '') return [];
  const paths = parsed(tag).flatMap((entry) =>
    typeof entry === 'object' && entry !== null && 'artifact_path' in entry ? [entry.artifact_path] : [],
  );
  return [...new Set(paths.filter((path) => typeof path === 'string' && path !== ''))] as string[];
}

function parsed(tag: string): unknown[] {
  try {
    const value: unknown = JSON.parse(tag);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
