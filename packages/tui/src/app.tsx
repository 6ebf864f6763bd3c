import { useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect } from 'react';
import { Frame } from './components/frame.tsx';
import { ThemeContext } from './components/theme-context.ts';
import { TooSmall } from './components/too-small.tsx';
import { useStore } from './components/use-store.ts';
import { keysFromInk } from './keys/from-ink.ts';
import type { Theme } from './theme/theme.ts';
import { barOf } from './ui/hints.ts';
import type { Session } from './ui/session.ts';
import type { Store } from './ui/store.ts';

/** Everything that is seen, and the keys that change it. */
export function App({ session, theme }: { session: Session; theme: Store<Theme> }) {
  const { columns, rows } = useWindowSize();
  const app = useApp();
  useStore(session.ui.router);
  useInput((input, key) => {
    for (const name of keysFromInk(input, key)) session.press(name);
  });
  usePaste((text) => session.paste(text));
  useEffect(() => session.attach(app), [session, app]);
  const area = { width: columns, height: rows };
  return (
    <ThemeContext value={useStore(theme)}>
      {session.fits(area) ? (
        <Frame ui={session.ui} area={area} hints={barOf(session.ui, columns)} />
      ) : (
        <TooSmall area={area} />
      )}
    </ThemeContext>
  );
}
