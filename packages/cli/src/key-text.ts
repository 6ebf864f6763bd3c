import { platform } from 'node:os';
import type { NamedKey } from '@cairn/core';
import type { Context } from './context.ts';
import { note } from './output/print.ts';

/** What whoever has a new key must know. */
export async function noteNewKey(context: Context, { name, path }: NamedKey): Promise<void> {
  await note(
    context,
    `  it is in ${path}\n` +
      '  whoever has it opens all that is sealed with it, and without it nobody does: keep a copy in a safe place\n' +
      `  hint: cairn key export ${name} <file>`,
  );
  await noteModes(context);
}

/** Windows has access lists in place of modes, which are not looked at. */
export async function noteModes(context: Context): Promise<void> {
  if (platform() !== 'win32') return;
  await note(
    context,
    '  on Windows it is not checked who else can read the file: see that the folder is yours alone',
  );
}
