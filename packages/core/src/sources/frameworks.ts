/** Frameworks that other programs call otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  sklearn: 'scikit-learn',
  torch: 'pytorch',
  torchscript: 'pytorch',
};

/** The name of a framework in the words of this project, by what a library or a flavor is called. */
export function frameworkName(name: string): string {
  return Object.hasOwn(NAMES, name) ? NAMES[name]! : name;
}
