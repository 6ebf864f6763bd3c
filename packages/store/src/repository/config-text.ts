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
const SECTION = /\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n\0]|\\[^\n\0])*)")?\]/y;
const NAME = /[A-Za-z][A-Za-z0-9-]*/y;
const QUOTED = /"((?:[^"\\\n]|\\(?:\r?\n|.))*)"/y;
const PLAIN = /(?:[^"\\\n#;]|\\(?:\r?\n|.))+/y;
const ESCAPE = /\\(\r?\n|.)/g;
const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  b: '\b',
  '"': '"',
  '\\': '\\',
  '\n': '',
  '\r\n': '',
};

class ConfigReader {
  readonly settings = new Map<string, string[]>();
  readonly #text: string;
  #at = 0;
  #section: string | null = null;

  constructor(text: string) {
    this.#text = text.replace(/^\ufeff/, '');
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
    this.settings.set(key, [...values, this.#readValue()]);
  }

  #readValue(): string {
    if (this.#peek() === undefined || this.#peek() === '\n') return 'true';
    if (this.#peek() !== '=') throw this.#malformed();
    this.#at++;
    this.#skipBlank();
    const pieces = [...this.#pieces()];
    this.#take(COMMENT);
    if (this.#peek() !== undefined && this.#peek() !== '\n') throw this.#malformed();
    return pieces.join('');
  }

  /** Pieces inside and outside quotes; blanks at the end count inside only. */
  *#pieces(): Generator<string> {
    for (;;) {
      const quoted = this.#take(QUOTED);
      const plain = quoted === null ? this.#take(PLAIN) : null;
      if (quoted !== null) yield this.#unescaped(quoted[1] ?? '');
      else if (plain !== null) yield this.#unescaped(this.#peek() === '"' ? plain[0] : plain[0].trimEnd());
      else return;
    }
  }

  #unescaped(text: string): string {
    return text.replace(ESCAPE, (_, escaped: string) => {
      const character = ESCAPED[escaped];
      if (character === undefined) throw this.#malformed();
      return character;
    });
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

/** What Git takes for true. Throws `damaged` for what is neither true nor false. */
export function isTrue(value: string): boolean {
  if (/^(true|yes|on|[1-9][0-9]*)$/i.test(value)) return true;
  if (/^(false|no|off|0|)$/i.test(value)) return false;
  throw new StoreError('damaged', `expected true or false, got ${JSON.stringify(value.slice(0, 60))}`);
}
