import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../ui/host.ts';

export interface EditedText {
  readonly text: string;
  /** Tells the editor what it is, by its extension. */
  readonly fileName: string;
}

/**
 * Lets the user change a text in the editor that the variables name, while the terminal is handed over. Gives `null`
 * when it was left as it is.
 */
export async function editInProgram(
  host: Host,
  { text, fileName }: EditedText,
  handOver: (during: () => Promise<void>) => Promise<void>,
): Promise<string | null> {
  const { runProgram } = host;
  if (!runProgram) throw new Error('there is no editor');
  const command = editorOf(host.variables);
  const folder = await mkdtemp(join(tmpdir(), 'cairn-edit-'));
  try {
    const file = join(folder, fileName);
    await writeFile(file, text);
    let code = 0;
    await handOver(async () => {
      code = await runProgram(command, file);
    });
    if (code !== 0) throw new EditorFailed(command, code);
    const edited = await readFile(file, 'utf8');
    return edited === text ? null : edited;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The editor as Git finds it, without its own setting. */
export function editorOf(variables: Host['variables']): string {
  return variables.VISUAL || variables.EDITOR || 'vi';
}

/** The editor did not end as one that has saved does; the text stays as it was. */
export class EditorFailed extends Error {
  override readonly name = 'CairnError';
  readonly code = 'failed';
  readonly hint = 'name another one with the variable EDITOR';

  constructor(command: string, exitCode: number) {
    super(`the editor ${command} ended with ${exitCode}, and nothing was changed`);
  }
}
