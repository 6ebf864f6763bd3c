/** The key slots of a sealed version. */
export const ENVELOPE_FILE = 'envelope.json';

/** The sealed list of its files. */
export const MANIFEST_FILE = 'manifest.seal';

const OBJECT_FILE = /^objects\/([0-9A-Za-z_-]{1,64})\.seal$/;

/** Where an object stands among the files of a sealed version. */
export function objectFile(id: string): string {
  return `objects/${id}.seal`;
}

/** The inverse of {@link objectFile}; `null` for any other path. */
export function objectIdOf(path: string): string | null {
  return OBJECT_FILE.exec(path)?.[1] ?? null;
}
