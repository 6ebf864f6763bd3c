import * as core from '@cairn/core';
import { expect, test } from 'vitest';
import { openUi, openWorkplace } from './support/ui.ts';

const ESCAPES = 'a\u001b[2Jb\u001b]0;title\u0007c\u009b31md\u202ee\rf\u0000g';

/** All sequences that the screens write themselves. */
const OWN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
  /\u001b\[[\d;?]*[A-Za-z]|\u001b\[[?<>]\d*[a-z]|\u001b\]11;\?\u001b\\/g;

test('control characters of names, descriptions, cards and files never reach the terminal', async () => {
  using place = await openWorkplace();
  const path = place.write({ 'out/note.txt': `${ESCAPES}\n`, 'out/plain.txt': 'x' });
  await core.createModel(place.registry, 'm', {
    description: 'safe',
    labels: { key: 'v\u001b[31m' },
    card: `# ${ESCAPES}\n\n- ${ESCAPES}\n\n| a |\n|---|\n| ${ESCAPES} |\n\n\`\`\`\n${ESCAPES}\n\`\`\`\n`,
  });
  await core.createVersion(
    place.registry,
    { model: 'm', version: 'v1' },
    { sources: [{ path }], description: `d${ESCAPES.replace('\0', '')}`, params: { p: ESCAPES } },
  );
  await using ui = await openUi(place, { columns: 120, rows: 40 });
  await ui.press('enter', 'tab', 'tab', 'tab', 'enter');
  await ui.press('down', 'tab', 'esc', 'd', 'esc', 'e');
  const left = ui.terminal
    .written()
    .replace(OWN, '')
    .replace(/[\r\n]/g, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
  expect(left).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  expect(ui.terminal.written()).not.toContain('\u001b[2Jb');
  expect(ui.terminal.written()).not.toContain('title\u0007');
});

test('wide characters, accents and emoji leave the columns in line', async () => {
  using place = await openWorkplace();
  const path = place.write({
    'out/plain.txt': 'a',
    'out/日本語のファイル.txt': 'b',
    'out/e\u0301te\u0301.txt': 'c',
    'out/👩‍👩‍👧 ❤️ 👍🏽.txt': 'd',
    'out/नमस्ते.txt': 'e',
  });
  await core.createModel(place.registry, 'm');
  await core.createVersion(place.registry, { model: 'm', version: 'v1' }, { sources: [{ path }] });
  await using ui = await openUi(place);
  await ui.press('enter', 'enter');
  const rows = ui.terminal.rows();
  const columns = rows.flatMap((row, index) =>
    row.endsWith('1 B') ? [ui.terminal.columnOf(index, '1 B')] : [],
  );
  expect(columns).toEqual([77, 77, 77, 77, 77]);
  expect(ui.screen()).toContain('日本語のファイル.txt');
});
