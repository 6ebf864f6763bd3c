/** What a piece of text is, which decides how it looks. */
export type Tone =
  | 'plain'
  | 'faint'
  | 'strong'
  | 'heading'
  | 'name'
  | 'accent'
  | 'good'
  | 'warning'
  | 'bad'
  | 'code'
  | 'link'
  | 'emphasis'
  | 'badge'
  | 'bar'
  | 'barRest'
  | 'selected'
  | 'selectedFaint'
  | 'cursor'
  | 'field'
  | 'key'
  | 'title'
  | 'titleFaint';

/** Colours that a terminal can show: none, 16, 256, or 16 million. */
export type ColourDepth = 'none' | '16' | '256' | 'true';

export type Background = 'dark' | 'light';
