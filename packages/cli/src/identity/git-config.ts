/** One setting of a Git configuration file. */
export interface ConfigEntry {
  /** Section, subsection where there is one, and name, joined by dots; section and name in lower case. */
  readonly key: string;
  readonly value: string;
}

/**
 * The settings of a Git configuration file, in their order (git-config(1), "Syntax"). Lines that are not understood
 * are passed over: finding out who somebody is must not fail on a setting that is about something else.
 */
export function parseGitConfig(text: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  let section = '';
  for (let line of logicalLines(text)) {
    const header = SECTION.exec(line);
    if (header) {
      const [whole, name, subsection] = header;
      section = name!.toLowerCase() + (subsection === undefined ? '' : `.${unescaped(subsection)}`);
      line = line.slice(whole.length);
    }
    const setting = SETTING.exec(line);
    if (!setting || section === '') continue;
    const [, name, value] = setting;
    entries.push({
      key: `${section}.${name!.toLowerCase()}`,
      value: value === undefined ? 'true' : unquoted(value),
    });
  }
  return entries;
}

const SECTION = /^\s*\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/;
const SETTING = /^\s*([A-Za-z][\w-]*)\s*(?:=(.*))?$/s;

/** Lines, with those that end in a backslash joined to the next. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const continued = /(?:^|[^\\])(?:\\\\)*\\$/.test(line) && !/^\s*[#;]/.test(line);
    if (continued) {
      open += line.slice(0, -1);
    } else {
      lines.push(open + line);
      open = '';
    }
  }
  return open === '' ? lines : [...lines, open];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** A value without its quotes, escapes and comment; white space around it goes, unless quoted. */
function unquoted(text: string): string {
  let value = '';
  let solidLength = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (!quoted && (character === '#' || character === ';')) break;
    if (character === '"') {
      quoted = !quoted;
    } else if (character === '\\') {
      at++;
      const next = text[at] ?? '';
      value += ESCAPES[next] ?? next;
    } else if (value !== '' || quoted || !/\s/.test(character)) {
      value += character;
    }
    if (quoted || !/\s/.test(character)) solidLength = value.length;
  }
  return value.slice(0, solidLength);
}
