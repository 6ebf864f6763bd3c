import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '../packages/core/dist/index.js';
import { openTerminalUi } from '../packages/tui/dist/index.js';
import { openDemo } from '../packages/tui/test/support/demo.ts';
import { virtualTerminal } from '../packages/tui/test/support/virtual-terminal.ts';
import { NOW } from '../packages/tui/test/support/workplace.ts';
import { screenPicture } from './screen-picture.ts';

/** Draws pictures of the screens into `docs/pictures/`, from the built packages and the registry of the tests. */

const FOLDER = join(import.meta.dirname, '../docs/pictures');

/** What is pressed before each picture, one after the other. Esc is sent as kitty does. */
const PICTURES: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['models', ['j']],
  ['model', ['\r']],
  ['metrics', ['\t', '\t', 'j', 'j']],
  ['version', ['\t', '\r', 'j', 'j', 'j', 'j']],
  ['compare', ['c', 'G', '\r']],
];

mkdirSync(FOLDER, { recursive: true });
const place = await openDemo();
const terminal = virtualTerminal(110, 30);
const end = new AbortController();
const ui = openTerminalUi({
  library: core,
  registry: place.registry,
  host: {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    stderr: terminal.stdout,
    variables: { TERM: 'xterm', COLORTERM: 'truecolor' },
    workingFolder: place.work,
    homeFolder: place.work,
    signal: end.signal,
    clock: () => performance.now(),
    now: () => NOW,
  },
});
await ui.idle();
for (const [name, keys] of PICTURES) {
  for (const key of keys) {
    terminal.send(key);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await ui.idle();
  }
  await terminal.settled();
  writeFileSync(join(FOLDER, `${name}.svg`), screenPicture(terminal.cells()));
  process.stdout.write(`docs/pictures/${name}.svg\n`);
}
end.abort();
await ui.closed;
place[Symbol.dispose]();
