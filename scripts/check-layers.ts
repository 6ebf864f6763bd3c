import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import { layerRules } from './layers.ts';

const root = join(import.meta.dirname, '..');

/** What a file imports: files as paths from the root, packages by name. */
type ImportGraph = ReadonlyMap<string, readonly string[]>;

const graph = readGraph();
const problems = [...brokenRules(graph), ...cycles(graph)];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`layers: ${graph.size} files, ${problems.length} problems\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

function readGraph(): ImportGraph {
  const files = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join('packages', path.split('\\').join('/')))
    .filter((path) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const { module, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]!.message}`);
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest }) => moduleRequest?.value),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
    ),
  ];
  return [...new Set(specifiers.filter((specifier) => specifier !== undefined))].map((specifier) =>
    specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier))
          .split('\\')
          .join('/')
      : specifier,
  );
}

function brokenRules(imports: ImportGraph): string[] {
  const broken: string[] = [];
  for (const [file, targets] of imports) {
    for (const rule of layerRules) {
      if (!rule.from.test(file) || rule.except?.test(file)) continue;
      for (const target of targets.filter((each) => rule.forbidden.test(each))) {
        broken.push(`${file} must not import ${target}: ${rule.reason}`);
      }
    }
  }
  return broken;
}

/** Every cycle is reported once, at the file where the search first closes it. */
function cycles(imports: ImportGraph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(`cycle: ${[...path.slice(at), file].join(' -> ')}`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of imports.get(file) ?? []) if (imports.has(target)) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return found;
}
