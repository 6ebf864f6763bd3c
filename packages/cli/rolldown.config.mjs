import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The command line as a few files instead of some hundred: loading them takes half the time. The store's
 * threads are files of their own, beside the rest, because that is where it looks for them.
 */
const store = fileURLToPath(new URL('../store/dist/', import.meta.url));

export default {
  input: {
    main: fileURLToPath(new URL('src/main.ts', import.meta.url)),
    'reader-thread': join(store, 'ingest/reader-thread.js'),
    'packer-thread': join(store, 'ingest/packer-thread.js'),
    'extract-thread': join(store, 'extract/extract-thread.js'),
  },
  platform: 'node',
  output: { dir: 'dist', format: 'esm', chunkFileNames: '[name]-[hash].js', cleanDir: true },
  plugins: [{ name: 'licences', generateBundle: writeLicences }],
};

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
