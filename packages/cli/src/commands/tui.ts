import { defineCommand } from '../command.ts';

export const tui = defineCommand({
  name: 'tui',
  group: 'Look',
  summary: 'browse and create on full screens',
  details: [
    'cairn alone opens the same screens, in a terminal and in a registry. ? shows the keys, q quits.',
    'Colours are those that TERM and COLORTERM promise; NO_COLOR switches them off, CAIRN_BACKGROUND=light or dark ' +
      'says what is behind them. INK_SCREEN_READER=true is for screen readers.',
  ],
  arguments: {},
  options: {},
  examples: [{ line: 'cairn tui', does: 'opens the screens' }],
  async run(context) {
    const { openScreens } = await import('../screens/open-screens.ts');
    return openScreens(context);
  },
});
