import { signatureStart } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { VERSION_TYPES, type VersionType } from '../schema/version.ts';

/** What the tag of a version says of it, so that a listing reads one object a version. */
export interface TagSummary {
  readonly description: string;
  readonly type: VersionType;
  /** Number of files. */
  readonly files: number;
  /** Bytes of all files. */
  readonly size: number;
  /** ISO 8601, milliseconds: the order of versions made within one second. */
  readonly createdAt: string;
}

/** What stands in the place of a description that is not there: without a subject Git would see no trailers. */
const NO_DESCRIPTION = '(no description)';

/** The description, an empty line, then trailers as Git's own tools read them. */
export function encodeTagMessage({ description, type, files, size, createdAt }: TagSummary): string {
  const trailers = [
    `Cairn-Type: ${type}`,
    `Cairn-Files: ${files}`,
    `Cairn-Size: ${size}`,
    `Cairn-Created: ${createdAt}`,
  ].join('\n');
  return `${description === '' ? NO_DESCRIPTION : description}\n\n${trailers}\n`;
}

/**
 * Reads what {@link encodeTagMessage} wrote. A signature after it is passed over, whatever else it may say: nobody has
 * signed that. Throws `damaged`.
 */
export function parseTagMessage(signedMessage: string, version: string): TagSummary {
  const message = signedMessage.slice(0, signatureStart(signedMessage));
  const found =
    /(?:^|\n)Cairn-Type: (.*)\nCairn-Files: (\d{1,15})\nCairn-Size: (\d{1,15})\nCairn-Created: ([0-9T:.Z+-]{10,40})(?=\n|$)/.exec(
      lastParagraphs(message),
    );
  const type = VERSION_TYPES.find((known) => known === found?.[1]);
  if (!found || !type || Number.isNaN(Date.parse(found[4]!))) throw notAVersion(version);
  const text = message.slice(0, message.lastIndexOf('Cairn-Type: ')).replace(/\n+$/, '');
  const description = text === NO_DESCRIPTION ? '' : text;
  return { description, type, files: Number(found[2]), size: Number(found[3]), createdAt: found[4]! };
}

/** A description may itself hold lines that look like trailers: the last ones count. */
function lastParagraphs(message: string): string {
  return message.slice(Math.max(0, message.lastIndexOf('Cairn-Type: ')));
}

function notAVersion(version: string): CairnError {
  return new CairnError(
    'damaged',
    `the tag ${version} is not a version: it lacks the trailers that every version has`,
    {
      hint: "if it was made with plain Git, delete it with `git tag -d` in the model's repository",
      data: { version },
    },
  );
}
