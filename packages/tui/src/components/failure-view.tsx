import { EMPTY, line, span } from '../text/line.ts';
import type { Failure } from '../ui/failure.ts';
import { failureLines } from '../ui/failure-rows.ts';
import type { Area } from '../ui/ui.ts';
import { Lines } from './lines.tsx';

/** In place of what could not be read: why, and what to do. */
export function FailureView({ failure, area }: { failure: Failure; area: Area }) {
  const lines = [...failureLines(failure, area.width), EMPTY, line('  ', span('r', 'key'), ' tries again')];
  return <Lines lines={lines} area={area} />;
}
