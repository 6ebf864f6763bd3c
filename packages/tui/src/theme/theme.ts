import type { Line } from '../text/line.ts';
import type { Background, ColourDepth, Tone } from './tones.ts';

/** Makes text of lines, with the sequences that give each tone its look. */
export interface Theme {
  readonly paint: (line: Line) => string;
}

/** SGR parameters of ECMA-48 by tone; a tone that is not here looks like any text. */
type Look = Readonly<Partial<Record<Tone, string>>>;

export function themeFor(depth: ColourDepth, background: Background): Theme {
  const look = LOOKS[depth][background];
  const paint = (line: Line) =>
    line
      .map(({ text, tone }) => {
        const parameters = look[tone];
        return parameters === undefined || text === '' ? text : `\u001b[${parameters}m${text}\u001b[0m`;
      })
      .join('');
  return { paint };
}

/** Weight, underline and inversion only: what is told by colours elsewhere is told by words too. */
const WITHOUT_COLOURS: Look = {
  faint: '2',
  strong: '1',
  heading: '1',
  name: '1',
  accent: '1',
  link: '4',
  emphasis: '3',
  badge: '1',
  selected: '7',
  selectedFaint: '7',
  cursor: '7',
  field: '4',
  key: '1',
  title: '7',
  titleFaint: '7',
};

/** The terminal's own 16 colours, which its user has chosen to be readable. */
const SIXTEEN: Look = {
  faint: '2',
  strong: '1',
  heading: '1',
  name: '36',
  accent: '1;35',
  good: '32',
  warning: '33',
  bad: '31',
  code: '33',
  link: '4;34',
  emphasis: '3',
  badge: '32',
  bar: '36',
  barRest: '2',
  selected: '7',
  selectedFaint: '7',
  cursor: '7',
  field: '4',
  key: '1;36',
  title: '1;7',
  titleFaint: '7',
};

/** On a light background yellow cannot be read. */
const SIXTEEN_LIGHT: Look = { ...SIXTEEN, name: '34', warning: '35', code: '35', bar: '34', key: '1;34' };

const DARK_256: Look = {
  ...SIXTEEN,
  faint: '38;5;245',
  name: '38;5;80',
  accent: '1;38;5;176',
  good: '38;5;114',
  warning: '38;5;179',
  bad: '38;5;203',
  code: '38;5;180',
  link: '4;38;5;75',
  badge: '38;5;114',
  bar: '38;5;73',
  barRest: '38;5;238',
  selected: '1;38;5;231;48;5;24',
  selectedFaint: '38;5;252;48;5;24',
  field: '48;5;236',
  key: '1;38;5;80',
  title: '1;38;5;231;48;5;236',
  titleFaint: '38;5;250;48;5;236',
};

const LIGHT_256: Look = {
  ...SIXTEEN_LIGHT,
  faint: '38;5;242',
  name: '38;5;25',
  accent: '1;38;5;90',
  good: '38;5;28',
  warning: '38;5;130',
  bad: '38;5;160',
  code: '38;5;94',
  link: '4;38;5;25',
  badge: '38;5;28',
  bar: '38;5;31',
  barRest: '38;5;252',
  selected: '1;38;5;16;48;5;153',
  selectedFaint: '38;5;237;48;5;153',
  field: '48;5;254',
  key: '1;38;5;25',
  title: '1;38;5;16;48;5;254',
  titleFaint: '38;5;239;48;5;254',
};

const DARK_TRUE: Look = {
  ...DARK_256,
  faint: '38;2;138;143;152',
  name: '38;2;94;205;205',
  accent: '1;38;2;205;145;220',
  selected: '1;38;2;255;255;255;48;2;30;78;110',
  selectedFaint: '38;2;200;210;218;48;2;30;78;110',
  title: '1;38;2;255;255;255;48;2;42;46;54',
  titleFaint: '38;2;178;184;194;48;2;42;46;54',
  field: '48;2;42;46;54',
};

const LIGHT_TRUE: Look = {
  ...LIGHT_256,
  faint: '38;2;104;110;120',
  name: '38;2;0;92;150',
  selected: '1;38;2;0;0;0;48;2;190;222;245',
  selectedFaint: '38;2;60;66;74;48;2;190;222;245',
  title: '1;38;2;0;0;0;48;2;228;230;234',
  titleFaint: '38;2;80;86;94;48;2;228;230;234',
  field: '48;2;228;230;234',
};

const LOOKS: Readonly<Record<ColourDepth, Readonly<Record<Background, Look>>>> = {
  none: { dark: WITHOUT_COLOURS, light: WITHOUT_COLOURS },
  '16': { dark: SIXTEEN, light: SIXTEEN_LIGHT },
  '256': { dark: DARK_256, light: LIGHT_256 },
  true: { dark: DARK_TRUE, light: LIGHT_TRUE },
};
