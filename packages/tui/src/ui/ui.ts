import type { CreatedVersion, Keyring, Registry } from '@cairn/core';
import type { ComponentType, ReactElement } from 'react';
import type { Binding } from '../keys/binding.ts';
import type { Hint } from '../keys/hints.ts';
import type { KeyName, Typed } from '../keys/key.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { PointerEvent } from '../terminal/pointer.ts';
import type { Busy } from './busy.ts';
import type { Failure } from './failure.ts';
import type { Host } from './host.ts';
import type { Library } from './library.ts';
import type { Notice } from './notice.ts';
import type { Store } from './store.ts';

/** Room on the screen, in columns and rows. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** What every screen has at hand. */
export interface Ui {
  readonly host: Host;
  readonly library: Library;
  readonly registry: Registry;
  /** Where the user's keys are; `null` when there is no such place. */
  readonly keyring: Keyring | null;
  readonly router: Router;
  readonly tasks: TaskStore;
  readonly notice: Store<Notice | null>;
  readonly busy: Busy;
  /** The room that a screen has between the title and the status line. */
  area(): Area;
  /** Runs something that takes a moment; what goes wrong is said in the status line. */
  run(work: () => Promise<void>): void;
  say(level: Notice['level'], text: string): void;
  sayFailure(failure: Failure): void;
  /** Remembers what is to be remembered of a version that was made here, such as that its hooks are trusted. */
  onCreated(created: CreatedVersion): Promise<void>;
  /** Lets the user change a text in an editor; `null` when it was left as it is. */
  editText(text: string, fileName: string): Promise<string | null>;
  /** Hands the terminal to the shell until the user comes back. */
  suspend(): void;
  /** Quits at once; running tasks are cancelled first. */
  quit(): void;
}

/** Goes from screen to screen. */
export interface Router {
  snapshot(): Stack;
  subscribe(changed: () => void): () => void;
  top(): OpenScreen;
  open<Params, State, Action>(kind: ScreenKind<Params, State, Action>, params: Params): void;
  /** Opens a screen in place of the one on top. */
  replace<Params, State, Action>(kind: ScreenKind<Params, State, Action>, params: Params): void;
  /** Closes the screen on top; `false` when it is the only one. */
  back(): boolean;
  /** Closes screens from the top down to one of a name, which stays. */
  backTo(name: string): void;
  /** Reads again what the screen on top shows. */
  reread(): void;
  end(): void;
}

/** The open screens, the one that is seen last. Another object after every change of what is seen. */
export interface Stack {
  readonly screens: readonly OpenScreen[];
}

/** A screen on the stack, of whatever kind. */
export interface OpenScreen {
  readonly name: string;
  trail(): readonly string[];
  aside(): string;
  isTyping(): boolean;
  isReading(): boolean;
  /** Why what it shows could not be read. */
  failure(): Failure | null;
  watches(): readonly string[];
  reread(): void;
  /** Does what a key does here; `false` when it has no meaning here. */
  press(key: KeyName): boolean;
  paste(text: string): void;
  point(event: PointerEvent): void;
  hints(): Hint[];
  keyHelp(): KeyHelp[];
  render(area: Area): ReactElement;
  /** Cancels what it still reads. */
  end(): void;
}

/** A key of a screen, as the help lists it. */
export interface KeyHelp {
  readonly keys: readonly KeyName[];
  readonly text: string;
  /** Why it cannot work now. */
  readonly refusal: string | null;
}

/** An open screen, as its own keys and readings see it. */
export interface Screen<State, Action> {
  /** As it is now. */
  readonly state: State;
  readonly ui: Ui;
  /** The room it has. */
  readonly area: Area;
  /** Fires when the screen is closed. */
  readonly signal: AbortSignal;
  dispatch(action: Action): void;
  /** Reads again what the screen shows. */
  reread(): void;
  /** Takes the screen away: from the top that goes back to the one before it, from further down it is not seen. */
  close(): void;
}

export interface ViewProps<State> {
  readonly state: State;
  readonly area: Area;
  readonly ui: Ui;
}

/** A kind of screen: all that is particular to it. */
export interface ScreenKind<Params, State, Action> {
  readonly name: string;
  /** Where one is, behind the registry's name. */
  readonly trail: (state: State) => readonly string[];
  /** Something short at the right of the title. */
  readonly aside?: (state: State) => string;
  readonly start: (params: Params, ui: Ui) => State;
  readonly reduce: (state: State, action: Action) => State;
  /** Reads what the screen shows. Called when it opens, when it is come back to, and when the registry has changed. */
  readonly read?: (screen: Screen<State, Action>) => Promise<void>;
  /** The models that it shows, whose changes make it read again. */
  readonly watches?: (state: State) => readonly string[];
  readonly bindings: readonly Binding<Screen<State, Action>>[];
  /** Whether letters are text just now. */
  readonly isTyping?: (state: State) => boolean;
  readonly type?: (screen: Screen<State, Action>, typed: Typed) => void;
  readonly point?: (screen: Screen<State, Action>, event: PointerEvent) => void;
  readonly View: ComponentType<ViewProps<State>>;
}
