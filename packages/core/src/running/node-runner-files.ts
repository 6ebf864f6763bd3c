/**
 * The modules that call hooks for Node, for whoever runs them in a process of its own. In the bundle of the command
 * line they stand beside it; before they are compiled, those of the last build are taken.
 */
export const NODE_RUNNER_FILES = {
  nodePackage: compiled('node-package'),
  plainValue: compiled('plain-value'),
} as const;

function compiled(name: string): URL {
  if (import.meta.url.endsWith('.ts')) return new URL(`../../dist/running/${name}.js`, import.meta.url);
  return new URL(`./${name}.js`, import.meta.url);
}
