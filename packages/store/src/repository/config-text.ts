import { StoreError } from '../errors.ts';

/** Every setting of a configuration, all values of a key in order: the last one counts where one is wanted. */
export type Config = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the text of a Git configuration file by the syntax of git-config(1). Keys are `section.name` or
 * `section.subsection.name`, with section and name in lower case. A name without a value means `true`.
 * Nothing is included from other files. Throws `damaged`, naming the line.
 */
export function parseConfig(text: string): Config {
  const reader = new ConfigReader(text);
  reader.readAll();
  return reader.settings;
}

const BLANK = /[ \t\r]*/y;
const COMMENT = /[#;][^\n]*/y;
const LINE = /[^\n]*/y;
const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\r']);
const COMMENT_STARTS: ReadonlySet<string> = new Set(['#', ';']);
const SECTION = /\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n\0]|\\[^\n\0])*)")?\]/y;
const NAME = /[A-Za-z][A-Za-z0-9-]*/y;
const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  b: '\b',
  '"': '"',
  '\\': '\\',
  '\n': '',
};

class ConfigReader {
  readonly settings = new Map<string, string[]>();
  readonly #text: string;
  #at = 0;
  #section: string | null = null;

  constructor(text: string) {
    this.#text = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  }

  readAll(): void {
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#peek() === '\n') this.#at++;
      else if (this.#take(COMMENT) === null && !this.#readSection()) this.#readSetting();
    }
  }

  #readSection(): boolean {
    const match = this.#take(SECTION);
    if (match === null) return false;
    const [, name = '', subsection] = match;
    const suffix = subsection === undefined ? '' : `.${subsection.replace(/\\(.)/g, '$1')}`;
    this.#section = name.toLowerCase() + suffix;
    return true;
  }

  #readSetting(): void {
    const name = this.#take(NAME)?.[0];
    if (name === undefined || this.#section === null) throw this.#malformed();
    const key = `${this.#section}.${name.toLowerCase()}`;
    this.#skipBlank();
    const values = this.settings.get(key) ?? [];
    values.push(this.#readValue());
    this.settings.set(key, values);
  }

  #readValue(): string {
    if (this.#peek() === undefined || this.#peek() === '\n') return 'true';
    if (this.#peek() !== '=') throw this.#malformed();
    this.#at++;
    return this.#readText();
  }

  /** Character by character, as Git does: blanks count only between others, or inside quotes. */
  #readText(): string {
    let [value, blanks, quoted] = ['', '', false];
    for (let next = this.#next(); next !== '\n' || quoted; next = this.#next()) {
      if (next === '\n') throw this.#malformed();
      if (!quoted && BLANKS.has(next)) {
        if (value !== '') blanks += next;
      } else if (!quoted && COMMENT_STARTS.has(next)) {
        this.#take(LINE);
      } else {
        value += blanks;
        blanks = '';
        if (next === '"') quoted = !quoted;
        else value += next === '\\' ? this.#escaped() : next;
      }
    }
    return value;
  }

  #escaped(): string {
    const character = ESCAPED[this.#next()];
    if (character === undefined) throw this.#malformed();
    return character;
  }

  /** The end of the text ends a line, too. */
  #next(): string {
    return this.#text[this.#at++] ?? '\n';
  }

  #skipBlank(): void {
    this.#take(BLANK);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #malformed(): StoreError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new StoreError('damaged', `malformed configuration in line ${line}`, { data: { line } });
  }
}

/** What Git takes for true or false; null for anything else. */
export function parseBoolean(value: string): boolean | null {
  if (/^(?:true|yes|on|[1-9][0-9]*)$/i.test(value)) return true;
  return /^(?:false|no|off|0|)$/i.test(value) ? false : null;
}
