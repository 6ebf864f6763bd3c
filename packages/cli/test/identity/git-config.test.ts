import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGitConfig } from '../../src/identity/git-config.ts';

/** What Git itself reads in a file, in the same form. */
function readByGit(file: string): { key: string; value: string }[] {
  const records = git('.', ['config', '--file', file, '--list', '-z']).toString().split('\0').slice(0, -1);
  return records.map((record) => {
    const at = record.indexOf('\n');
    return { key: at < 0 ? record : record.slice(0, at), value: at < 0 ? 'true' : record.slice(at + 1) };
  });
}

const FILES: readonly (readonly [what: string, text: string])[] = [
  ['the usual', '[user]\n\tname = Ann Lee\n\temail = ann@example.invalid\n'],
  ['comments', '# one\n; two\n[user] # three\nname = Ann # four\nemail = a@b ; five\n'],
  ['quotes', '[user]\nname = "Ann # not a comment" Lee\nemail = "  spaces kept  "\n'],
  ['escapes', '[user]\nname = Ann \\"Annie\\" Lee\\\\ \nemail = a\\tb\\n\n'],
  ['lines that go on', '[user]\nname = Ann \\\n   Lee\nemail = a@b\n'],
  ['case', '[USER]\nNaMe = Ann\nEMAIL = a@b\n'],
  ['subsections', '[user "Work"]\nname = Other\n[user]\nname = Ann\n[a "b\\"c\\\\d"]\ne = f\n'],
  ['a switch', '[user]\nuseConfigOnly\nname = Ann\n'],
  ['a setting beside its section', '[user] name = Ann\n[core]bare=true\n'],
  ['Windows line ends', '[user]\r\nname = Ann\r\nemail = a@b\r\n'],
  ['a byte order mark', '\ufeff[user]\nname = Ann\n'],
  ['white space inside', '[user]\nname =   Ann   Lee \t \nemail = a@b\n'],
  ['empty values', '[user]\nname =\nemail = ""\n'],
  ['twice', '[user]\nname = One\n[user]\nname = Two\n'],
];

describe('Git configuration', () => {
  test.each(FILES)('%s is read as Git reads it', (_, text) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'config');
    writeFileSync(file, text);
    expect(parseGitConfig(text)).toEqual(readByGit(file));
  });

  test('lines that make no sense are passed over', () => {
    expect(parseGitConfig('name = nobody\n[user\n???\n[user]\n= x\n9 = 8\nname = Ann\n')).toEqual([
      { key: 'user.name', value: 'Ann' },
    ]);
  });

  test('any text is read in the end', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('[user]', 'name = ', '"', '\\', '[a "b', '\\\\\\'));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        for (const { key } of parseGitConfig(lines.join('\n'))) expect(key).toContain('.');
      }),
    );
  });
});
