import { defineCommand } from '../command.ts';
import { completionScript, SHELLS, type Shell } from '../completion/scripts.ts';
import { EXIT } from '../failure.ts';

export const completion = defineCommand({
  name: 'completion',
  group: 'Begin',
  summary: 'print a script that completes commands, options and names',
  arguments: { shell: { placeholder: '<shell>', summary: SHELLS.join(', '), choices: SHELLS } },
  options: {},
  examples: [
    { line: 'source <(cairn completion bash)', does: 'in ~/.bashrc, for every bash' },
    { line: 'source <(cairn completion zsh)', does: 'in ~/.zshrc after compinit, for every zsh' },
    { line: 'cairn completion fish > ~/.config/fish/completions/cairn.fish', does: 'for every fish' },
  ],
  async run({ terminal }, { arguments: { shell } }) {
    await terminal.out.write(completionScript(shell as Shell));
    return EXIT.done;
  },
});
