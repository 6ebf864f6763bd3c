import { CairnError } from '../errors.ts';

/**
 * Lines of a Dockerfile, each an instruction. Nothing that a version says can end an instruction or begin one: commands
 * are written in the form of JSON, which holds no line end, and everything else is checked by a grammar.
 */
export function dockerfile(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** A command that a shell carries out. */
export function runByShell(shell: readonly string[], command: string): string {
  return `RUN ${jsonWords([...shell, command])}`;
}

/** A command without a shell. */
export function runWords(words: readonly string[]): string {
  return `RUN ${jsonWords(words)}`;
}

export function jsonWords(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** `registry.example.org:5000/group/name:tag@sha256:…`, as the reference grammar of images has it, and no spaces. */
const IMAGE =
  /^(?=.{1,400}$)[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** Gives the name of an image back. Throws `hostile` for what is none. */
export function checkImage(image: string): string {
  if (IMAGE.test(image)) return image;
  throw new CairnError('hostile', `not the name of an image: ${JSON.stringify(image.slice(0, 200))}`, {
    hint: 'look at bento.yaml of the version, and do not trust where it came from',
  });
}

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;

/** `ENV name="value"`, in which nothing is replaced. Throws `hostile` for a name that is none, and for line ends. */
export function environmentLine(name: string, value: string): string {
  const isPlain = ENVIRONMENT_NAME.test(name) && !hasControlCharacters(value);
  if (isPlain) return `ENV ${name}="${value.replace(/[\\"$]/g, '\\$&')}"`;
  throw new CairnError(
    'hostile',
    `not an environment variable: ${JSON.stringify(`${name}=${value}`.slice(0, 200))}`,
    { hint: 'look at bento.yaml of the version, and do not trust where it came from' },
  );
}

function hasControlCharacters(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}
