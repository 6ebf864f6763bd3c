import type { Context } from '../context.ts';
import { formatCompletion } from './answer.ts';
import { completeWords } from './complete.ts';
import { registryNames } from './names.ts';
import { splitShellLine } from './shell-line.ts';

/**
 * Answers a completion script. Behind the shell's name, zsh and fish hand over the words after `cairn`, of which the
 * last is being typed; bash hands over the line up to the cursor, and the characters at which it breaks words.
 */
export async function respondToShell(context: Context, request: readonly string[]): Promise<void> {
  const [shell, ...words] = request;
  const [line = '', breaks = ''] = words;
  const typed = shell === 'bash' ? splitShellLine(line).slice(1) : words;
  // Whatever goes wrong, a line that is being typed is no place for an error message.
  const completion = await completeWords(typed, (registry) => registryNames(context, registry)).catch(
    () => null,
  );
  await context.terminal.out.write(
    formatCompletion(completion, { current: typed.at(-1) ?? '', breaks: shell === 'bash' ? breaks : '' }),
  );
}
