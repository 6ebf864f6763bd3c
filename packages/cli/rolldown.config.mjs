import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The command line as a few files instead of some hundred: loading them takes half the time. Threads are
 * files of their own, beside the rest, because that is where they are looked for.
 */
const store = fileURLToPath(new URL('../store/dist/', import.meta.url));
const core = fileURLToPath(new URL('../core/dist/', import.meta.url));

const SERVED_FILES = [
  'running/hook-runner.py',
  'running/node-package.js',
  'running/plain-value.js',
  'templates/server.py',
  'templates/server.mjs',
];

export default {
  input: {
    main: fileURLToPath(new URL('src/main.ts', import.meta.url)),
    'packer-thread': join(store, 'ingest/packer-thread.js'),
    'hashing-thread': join(store, 'ingest/hashing-thread.js'),
    'extract-thread': join(store, 'extract/extract-thread.js'),
    'writing-thread': join(store, 'extract/writing-thread.js'),
    'open-thread': join(core, 'sealing/open-thread.js'),
    'hooks-thread': join(core, 'running/hooks-thread.js'),
    'database-thread': join(core, 'sources/mlflow/database/database-thread.js'),
  },
  platform: 'node',
  // What the oldest Node that is supported cannot parse, such as `using`, is written in other words.
  transform: { target: 'node22', define: { 'process.env.NODE_ENV': '"production"' } },
  // Ink asks for it in its own development only.
  external: ['react-devtools-core'],
  output: { dir: 'dist', format: 'esm', chunkFileNames: '[name]-[hash].js', cleanDir: true },
  plugins: [
    { name: 'served-files', generateBundle: writeServedFiles },
    { name: 'licences', generateBundle: writeLicences },
  ],
};

/** What runs hooks in Python and what goes into templates, which are looked for beside what needs them. */
function writeServedFiles() {
  for (const file of SERVED_FILES) {
    this.emitFile({ type: 'asset', fileName: basename(file), source: readFileSync(join(core, file)) });
  }
}

/** The licences of the libraries that are in the bundle ask to go with it. */
function writeLicences(_, bundle) {
  const modules = Object.values(bundle).flatMap((chunk) => chunk.moduleIds ?? []);
  const folders = new Set(
    modules.flatMap((id) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`;
  });
  this.emitFile({
    type: 'asset',
    fileName: 'THIRD-PARTY-LICENCES.txt',
    source: texts.join(`\n${'-'.repeat(80)}\n\n`),
  });
}
