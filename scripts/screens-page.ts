import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const GOLDEN = join(import.meta.dirname, '../packages/tui/test/golden');

/** A screen as the tests have seen it. */
function screen(name: string, size = '80x24'): string {
  return `\`\`\`\n${readFileSync(join(GOLDEN, `${name}-${size}.txt`), 'utf8')}\`\`\``;
}

/** `docs/tui.md`: the screens for whoever uses them. Every screen in it is one that a test has compared. */
export function screensPage(): string {
  return `# The screens

\`cairn\` without arguments opens them, in a terminal and in a registry; so does \`cairn tui\`. They do what the commands do. The bar at the bottom shows the keys that work, \`?\` shows all of them, \`Esc\` goes back, \`q\` quits.

This page is made by \`npm run docs\`, from the screens that the tests compare. How they are built is said in [terminal-ui.md](terminal-ui.md).

## Models

${screen('models')}

\`/\` searches as you type, \`s\` sorts by the next column. \`n\` makes a model:

${screen('new-model')}

## A model

${screen('model')}

\`Tab\` leads on to the card and to the metrics over all versions:

${screen('model-metrics')}

## A version

${screen('version')}

\`Enter\` shows what a file tells of itself. Only headers are read, and nothing is executed:

${screen('file')}

In a wide terminal that stands beside the tree. \`v\` reads every byte of the version and checks it; \`o\` writes its files into a folder.

## Aliases and history

\`a\` lets an alias, such as prod, stand for a version, and asks why. \`H\` shows what happened to the model, with the reasons; \`b\` there takes an alias one step back.

${screen('history')}

## Comparing

\`Space\` marks two versions, \`c\` compares them; without marks, the selected one with the one before it.

${screen('compare')}

\`Enter\` says which tensors of a file differ; \`Tab\` sets metrics and parameters side by side:

${screen('tensors')}

${screen('compare-values')}

## A new version

\`n\` at a model. The name follows the last one; the steps are those that the type needs.

${screen('new-version')}

Files are picked in a browser, as often as you like, in as many folders:

${screen('browse')}

Each source says where it goes; \`p\` puts the contents of a folder directly in place, \`x\` takes it out again.

${screen('new-version-files')}

\`i\` picks a run of MLflow, or a model or bento of BentoML, instead; at a model it registers one as a version:

${screen('origins', '120x40')}

The summary finds what would be wrong before anything is stored:

${screen('new-version-summary')}

What runs goes on while you browse. \`t\` shows it, with a bar, the speed and the time left, and \`x\` cancels it without leaving anything behind.

${screen('tasks')}

## Sharing

\`p\` pulls what others have shared, \`P\` pushes what the remote does not have: at the models all of them, at a model that one. \`R\` shows how each stands to it:

${screen('sharing')}

## Deleting

${screen('delete-version')}

A model's name has to be typed:

${screen('delete-model')}

## The terminal

- At least 60 × 15 characters; any size above, changed at any moment.
- Colours are those that \`TERM\` and \`COLORTERM\` promise; \`NO_COLOR\` switches them off. What is behind them is asked of the terminal, or told by \`CAIRN_BACKGROUND=light\` or \`dark\`.
- \`Ctrl-Z\` leads to the shell, and \`fg\` back.
- The mouse scrolls, selects and opens. Hold Shift to mark text as usual.
- \`INK_SCREEN_READER=true\` writes plain lines for a screen reader.
- Cards and descriptions open in \`$VISUAL\` or \`$EDITOR\`.
`;
}
