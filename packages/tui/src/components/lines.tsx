import { Box, Text, useIsScreenReaderEnabled } from 'ink';
import { fit, type Line, plainText } from '../text/line.ts';
import type { Area } from '../ui/ui.ts';
import { useTheme } from './theme-context.ts';

export interface LinesProps {
  readonly lines: readonly Line[];
  readonly area: Area;
}

/** Lines in an area of exactly this size; what does not fit is left out. */
export function Lines({ lines, area: { width, height } }: LinesProps) {
  const { paint } = useTheme();
  const isRead = useIsScreenReaderEnabled();
  if (width < 1 || height < 1) return null;
  if (isRead) return <ReadLines lines={lines} />;
  const text = lines.slice(0, height).map((line) => paint(fit(line, width)));
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Text wrap="truncate">{text.join('\n')}</Text>
    </Box>
  );
}

/** The same for a screen reader: without padding, without drawn lines, without empty ones. */
function ReadLines({ lines }: Pick<LinesProps, 'lines'>) {
  const texts = lines.map((line) => plainText(line).replace(DRAWN, ' ').replace(/ {2,}/g, '  ').trim());
  return (
    <Box flexDirection="column">
      {texts.map((text, index) =>
        // Lines have no identity of their own: the place is all that tells them apart.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        text === '' ? null : <Text key={index}>{text}</Text>,
      )}
    </Box>
  );
}

/** Box drawing and block elements. */
const DRAWN = /[\u2500-\u259f]+/g;
