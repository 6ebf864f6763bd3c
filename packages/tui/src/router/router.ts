import type { OpenScreen, Router, ScreenKind, Stack, Ui } from '../ui/ui.ts';
import { openScreen } from './open-screen.ts';

/** A router without any screen yet. @param uiOf what its screens will have at hand */
export function createRouter(uiOf: () => Ui): Router {
  let stack: Stack = { screens: [] };
  const listeners = new Set<() => void>();
  const show = (screens: Stack['screens']) => {
    stack = { screens };
    for (const changed of listeners) changed();
  };

  const drop = (count: number): boolean => {
    if (count < 1 || count >= stack.screens.length) return false;
    for (const screen of stack.screens.slice(-count)) screen.end();
    show(stack.screens.slice(0, -count));
    stack.screens.at(-1)!.reread();
    return true;
  };

  /** Nothing is seen of it: what lies on top stays. */
  const takeAway = (screen: OpenScreen) => {
    if (!stack.screens.includes(screen)) return;
    screen.end();
    show(stack.screens.filter((each) => each !== screen));
  };

  const opened = <Params, State, Action>(kind: ScreenKind<Params, State, Action>, params: Params) => {
    const screen: OpenScreen = openScreen(kind, params, {
      ui: uiOf(),
      changed: () => show(stack.screens),
      close: () => {
        if (stack.screens.at(-1) === screen) drop(1);
        else takeAway(screen);
      },
    });
    return screen;
  };

  return {
    snapshot: () => stack,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    top: () => stack.screens.at(-1)!,
    open: (kind, params) => {
      const screen = opened(kind, params);
      show([...stack.screens, screen]);
    },
    replace: (kind, params) => {
      stack.screens.at(-1)?.end();
      const screen = opened(kind, params);
      show([...stack.screens.slice(0, -1), screen]);
    },
    back: () => drop(1),
    backTo: (name) => {
      const index = stack.screens.findLastIndex((screen) => screen.name === name);
      if (index >= 0) drop(stack.screens.length - 1 - index);
    },
    reread: () => stack.screens.at(-1)?.reread(),
    end: () => {
      for (const screen of stack.screens) screen.end();
    },
  };
}
