import { Box } from 'ink';
import { isRunning, type Task } from '../tasks/task.ts';
import { taskLine } from '../tasks/task-rows.ts';
import { EMPTY, fit, type Line, line, lineWidth, span, spread } from '../text/line.ts';
import type { Notice } from '../ui/notice.ts';
import type { Area, OpenScreen, Ui } from '../ui/ui.ts';
import { FailureView } from './failure-view.tsx';
import { Lines } from './lines.tsx';
import { useStore } from './use-store.ts';

/** Rows of the frame: title, status, hints. */
export const FRAME_HEIGHT = 3;

/** The screen on top, with the title above it and below it the status line and the keys. */
export function Frame({ ui, area, hints }: { ui: Ui; area: Area; hints: Line }) {
  const screen = useStore(ui.router).screens.at(-1)!;
  const notice = useStore(ui.notice);
  const tasks = useStore(ui.tasks);
  const { width } = area;
  const row = { width, height: 1 };
  const failure = screen.failure();
  const body = { width, height: area.height - FRAME_HEIGHT };
  return (
    <Box flexDirection="column" width={width} height={area.height}>
      <Lines lines={[titleLine(ui.registry.name, screen, width)]} area={row} />
      {failure ? <FailureView failure={failure} area={body} /> : screen.render(body)}
      <Lines lines={[statusLine(notice, tasks, { width, isTyping: screen.isTyping() })]} area={row} />
      <Lines lines={[hints]} area={row} />
    </Box>
  );
}

/** ` team › stockpred › v3                    12 versions ` */
export function titleLine(registry: string, screen: OpenScreen, width: number): Line {
  const trail = screen.trail();
  const parts = trail.map((part, index) => span(part, index === trail.length - 1 ? 'title' : 'titleFaint'));
  const left = line(
    span(` ${registry}`, trail.length === 0 ? 'title' : 'titleFaint'),
    ...parts.flatMap(behind),
  );
  const aside = screen.isReading() ? `${screen.aside()} …` : screen.aside();
  const full = spread(left, line(span(aside === '' ? '' : `${aside} `, 'titleFaint')), width);
  return full.map((each) => (each.tone === 'plain' ? { ...each, tone: 'titleFaint' } : each));
}

function behind(part: Line[number]): Line {
  return [span(' › ', 'titleFaint'), part];
}

interface StatusLook {
  readonly width: number;
  /** Then the key that shows a message is text. */
  readonly isTyping: boolean;
}

/** What was said last, else what is running. */
export function statusLine(notice: Notice | null, tasks: readonly Task[], look: StatusLook): Line {
  if (notice !== null) return noticeLine(notice, look);
  const running = tasks.filter(isRunning);
  const [first, ...others] = running.toReversed();
  if (!first) return EMPTY;
  const more = others.length > 0 ? span(`  and ${others.length} more`, 'faint') : span('');
  return line(' ', ...taskLine(first), more);
}

/** However long it is, the key that shows all of it is seen. */
function noticeLine({ level, text, failure }: Notice, { width, isTyping }: StatusLook): Line {
  const mark = level === 'bad' ? span(' ✗ ', 'bad') : level === 'good' ? span(' ✓ ', 'good') : span(' ');
  const said = line(mark, span(text, level === 'bad' ? 'bad' : 'plain'));
  const room = width - lineWidth([SHOWS_IT]) - 1;
  if (isTyping) return said;
  if (level !== 'bad' && lineWidth(said) < width) return said;
  const hint = failure?.hint ? span(`  ${failure.hint}`, 'faint') : span('');
  return line(...(lineWidth(said) > room ? fit(said, room) : said), SHOWS_IT, hint);
}

const SHOWS_IT = span('  ! shows it', 'faint');
