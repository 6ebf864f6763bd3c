import { type ComponentType, createElement } from 'react';
import { type Binding, findBinding, labelOf } from '../keys/binding.ts';
import { hintsOf } from '../keys/hints.ts';
import { type KeyName, typedText } from '../keys/key.ts';
import { describeFailure, type Failure, isCancelled } from '../ui/failure.ts';
import type { KeyHelp, OpenScreen, Screen, ScreenKind, Ui, ViewProps } from '../ui/ui.ts';

export interface Opening {
  readonly ui: Ui;
  /** Called after every change of what the screen shows. */
  readonly changed: () => void;
  readonly close: () => void;
}

/** Opens a screen and begins to read what it shows. */
export function openScreen<Params, State, Action>(
  kind: ScreenKind<Params, State, Action>,
  params: Params,
  { ui, changed, close }: Opening,
): OpenScreen {
  const controller = new AbortController();
  let state = kind.start(params, ui);
  const reader = createReader(ui, changed, controller.signal);
  const read = () => {
    if (kind.read) reader.read(() => kind.read!(screen));
  };
  const screen: Screen<State, Action> = {
    get state() {
      return state;
    },
    get area() {
      return ui.area();
    },
    ui,
    signal: controller.signal,
    dispatch: (action) => {
      const next = kind.reduce(state, action);
      if (controller.signal.aborted || Object.is(next, state)) return;
      state = next;
      changed();
    },
    reread: read,
    close,
  };
  const press = (key: KeyName): boolean => {
    if (reader.failure() !== null) return false;
    const typing = isTyping();
    const bindings = typing ? kind.bindings.filter(({ whileTyping }) => whileTyping) : kind.bindings;
    const isText = typing && typedText(key) !== null;
    const binding = isText ? null : findBinding(bindings, key, screen);
    if (binding) pressBinding(binding, screen);
    else if (typing) kind.type?.(screen, { kind: 'key', name: key });
    return binding !== null || typing;
  };
  const isTyping = () => reader.failure() === null && (kind.isTyping?.(state) ?? false);
  read();
  return {
    name: kind.name,
    trail: () => kind.trail(state),
    aside: () => kind.aside?.(state) ?? '',
    isTyping,
    isReading: reader.isReading,
    failure: reader.failure,
    watches: () => kind.watches?.(state) ?? [],
    reread: read,
    press,
    paste: (text) => {
      if (isTyping()) kind.type?.(screen, { kind: 'paste', text });
    },
    point: (event) => {
      if (reader.failure() !== null) return;
      if (kind.point) kind.point(screen, event);
      else if (event.kind !== 'press' && !isTyping()) turnWheel(press, event.kind);
    },
    hints: () => (reader.failure() === null ? hintsOf(kind.bindings, screen, isTyping()) : []),
    keyHelp: () =>
      kind.bindings.filter(({ when }) => when?.(screen) ?? true).map((binding) => helpOf(binding, screen)),
    render: (area) => createElement(kind.View as ComponentType<ViewProps<State>>, { state, area, ui }),
    end: () => controller.abort(),
  };
}

/** Rows that one turn of the wheel moves. */
const WHEEL_ROWS = 3;

/** On screens that have no use of their own for a mouse its wheel does what the arrows do. */
function turnWheel(press: (key: KeyName) => boolean, kind: 'wheel-up' | 'wheel-down'): void {
  for (let row = 0; row < WHEEL_ROWS; row += 1) press(kind === 'wheel-up' ? 'up' : 'down');
}

interface Reader {
  /** Reads, or reads once more when a reading is under way: it may have missed what has changed since. */
  read(work: () => Promise<void>): void;
  isReading(): boolean;
  failure(): Failure | null;
}

function createReader(ui: Ui, changed: () => void, signal: AbortSignal): Reader {
  let failure: Failure | null = null;
  let isReading = false;
  let wanted: (() => Promise<void>) | null = null;
  const readAll = async () => {
    isReading = true;
    while (wanted !== null && !signal.aborted) {
      const work = wanted;
      wanted = null;
      failure = await failureOf(work);
    }
    isReading = false;
    changed();
  };
  return {
    read: (work) => {
      wanted = work;
      if (!isReading) void ui.busy.during(readAll);
    },
    isReading: () => isReading,
    failure: () => failure,
  };
}

async function failureOf(work: () => Promise<void>): Promise<Failure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return isCancelled(error) ? null : describeFailure(error);
  }
}

function pressBinding<State, Action>(
  binding: Binding<Screen<State, Action>>,
  screen: Screen<State, Action>,
): void {
  const refusal = binding.refusal?.(screen) ?? null;
  if (refusal === null) binding.run(screen);
  else screen.ui.say('info', refusal);
}

function helpOf<State, Action>(
  binding: Binding<Screen<State, Action>>,
  screen: Screen<State, Action>,
): KeyHelp {
  const refusal = binding.refusal?.(screen) ?? null;
  return { keys: binding.keys, text: binding.help ?? labelOf(binding, screen), refusal };
}
