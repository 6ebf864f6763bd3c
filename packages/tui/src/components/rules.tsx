import { line, span } from '../text/line.ts';
import { Lines } from './lines.tsx';

/** A line from left to right. */
export function HorizontalRule({ width }: { width: number }) {
  return <Lines lines={[line(span('─'.repeat(width), 'faint'))]} area={{ width, height: 1 }} />;
}

/** A line from top to bottom, with a column of room on each side. */
export function VerticalRule({ height }: { height: number }) {
  const lines = Array.from({ length: height }, () => line(span(' │ ', 'faint')));
  return <Lines lines={lines} area={{ width: 3, height }} />;
}
