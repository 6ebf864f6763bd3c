import { CairnError } from './errors.ts';

/** Longest path of a file in a version, bytes in UTF-8: what common file systems can take out again. */
const PATH_BYTES_MAX = 4096;

/** Longest component, bytes in UTF-8: the limit of ext4, APFS and NTFS. */
export const COMPONENT_BYTES_MAX = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Names that Windows gives to devices, whatever extension or stream follows. */
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *([.:]|$)/i;

/** Windows drops dots and blanks at the end of a name: of these nothing would be left, or the folder above. */
const NOTHING_LEFT = /^[. ]+$/;

/** What Git refuses in a tree: `.git`, and how HFS+ (ignorable characters) and NTFS (short names, streams) spell it. */
const GIT_FOLDER = /^(\.git|git~1)[ .]*(:|$)/i;
const IGNORABLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Files that Git reads wherever they stand in a tree, and how HFS+ and NTFS spell them: `fsck` checks what is in
 * them, and a checkout does what they say. Short names on NTFS have eight characters, of which the last is a digit.
 */
const GIT_SETTINGS = /^(\.git(attributes|modules)|(?=.{7}\d[ .]*(:|$))(g[0-9a-z]{0,5})?~\d+)[ .]*(:|$)/i;

/**
 * Why a text cannot be the path of a file in a version, or `null`. A path is relative, `/`-separated, valid
 * Unicode, and can be taken out on every platform without leaving the folder it is taken out to.
 */
export function filePathProblem(path: string): string | null {
  if (path === '') return 'it is empty';
  if (!path.isWellFormed()) return 'it is not valid Unicode';
  if (path.startsWith('/')) return 'it is absolute';
  if (path.includes('\\')) return 'it has a backslash';
  if (CONTROL.test(path)) return 'it has a control character';
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) return `it is longer than ${PATH_BYTES_MAX} bytes`;
  const components = path.split('/');
  for (const component of components) {
    const problem = componentProblem(component);
    if (problem) return problem;
  }
  const [name = '', ...folders] = components.reverse();
  if (folders.some(isGitSettings) || (name.includes(':') && isGitSettings(name)))
    return 'it has a folder or a stream where Git expects a file of its own';
  return null;
}

/** Whether Windows takes a name, whatever its extension, for that of a device, so that no file there can have it. */
export function isDeviceName(name: string): boolean {
  return DEVICE_NAME.test(name);
}

/** Whether Git reads a file of this name, in whatever folder of a tree. */
export function isGitSettings(name: string): boolean {
  return GIT_SETTINGS.test(name.replace(IGNORABLE, ''));
}

/** Gives the path back, or throws `invalid`. For what a user typed. */
export function checkFilePath(path: string): string {
  const problem = filePathProblem(path);
  if (problem === null) return path;
  throw new CairnError('invalid', `not a file path: ${JSON.stringify(path.slice(0, 200))}: ${problem}`, {
    hint: 'write it relative to the version, with / between folders',
    data: { path },
  });
}

/** The key under which two paths are one on a disk that ignores case and Unicode forms. */
export function foldedPath(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * The same for disks that look less closely: also compatibility forms are one, and characters that HFS+ passes over are
 * nothing.
 */
export function looselyFoldedPath(path: string): string {
  return foldedPath(path.replace(IGNORABLE, '').normalize('NFKC'));
}

function componentProblem(component: string): string | null {
  if (component === '') return 'it has an empty component';
  if (component === '.' || component === '..') return `it has the component ${component}`;
  if (NOTHING_LEFT.test(component)) return 'it has a component of dots and blanks alone';
  if (GIT_FOLDER.test(component.replace(IGNORABLE, '')))
    return 'it has a component that Git keeps for itself';
  if (isDeviceName(component)) return `${component} is the name of a device on Windows`;
  if (/^[a-z]:/i.test(component)) return 'it has a drive letter';
  if (Buffer.byteLength(component) > COMPONENT_BYTES_MAX) {
    return `it has a component longer than ${COMPONENT_BYTES_MAX} bytes`;
  }
  return null;
}
