import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@cairn/testkit';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/ranged-source.ts';
import { PackageReader } from '../../src/container/package-reader.ts';
import { openContainerFile } from '../../src/container-file/open-container-file.ts';
import { writeContainerFile } from '../../src/container-file/write-container-file.ts';
import { nodeEngine } from '../../src/engines/node.ts';
import { createEnvelope } from '../../src/envelope/create-envelope.ts';
import { openEnvelope } from '../../src/envelope/open-envelope.ts';
import { encodeKeyFile } from '../../src/keys/key-file.ts';
import { openManifest, sealManifest } from '../../src/manifest/sealed-manifest.ts';
import { collected, expectBytes, noise } from '../bytes.ts';
import { MemoryObjects, planOf, sealed } from '../container/packages.ts';
import { KEY } from '../envelope/envelopes.ts';
import type { PageResult } from './browser-page.ts';

const CHROMIUM = '/usr/bin/chromium';
const present = existsSync(CHROMIUM);
const title = 'a browser opens what Node sealed, and Node opens what the browser sealed';

test.skipIf(!present)(present ? title : `${title} (skipped: no ${CHROMIUM})`, async () => {
  const files = { 'hooks/load.py': noise(300), 'models/a': noise(5 * 2 ** 20 + 17, 2) };
  const { container, sha256 } = await containerOf(files);
  const page = await visited({
    '/page.js': await bundled(),
    '/container': container,
    '/key': encodeKeyFile(KEY.key),
  });

  const result: PageResult = JSON.parse(page.get('/result')!.toString());
  expect(result).toEqual({ engine: 'webcrypto', files: sha256, filesOfPureEngine: sha256 });
  await expectSealedByBrowser(page.get('/sealed')!);
});

async function containerOf(files: Record<string, Uint8Array>) {
  const { envelope, domain } = await createEnvelope(nodeEngine, { secrets: [KEY] });
  const store = new MemoryObjects();
  const manifest = await sealed(domain, planOf(files), store);
  const parts = {
    model: 'net',
    version: 'v1',
    envelope,
    manifest: memorySource(await sealManifest(domain, manifest)),
    objects: new Map([...store.stored].map(([id, bytes]) => [id, memorySource(bytes)])),
  };
  return {
    container: await collected(writeContainerFile(parts)),
    sha256: Object.fromEntries(manifest.files.map((file) => [file.path, file.sha256])),
  };
}

async function expectSealedByBrowser(file: Buffer): Promise<void> {
  const { envelope, manifest, objects } = await openContainerFile(memorySource(file));
  const secret = { kind: 'passphrase', passphrase: 'made in a browser' } as const;
  const { domain } = await openEnvelope(nodeEngine, envelope, secret);
  const opened = await openManifest(domain, manifest, { model: 'net', version: 'v1' });
  const content = await collected(new PackageReader(domain, opened, (id) => objects.get(id)!).chunks('a'));
  expectBytes(content, Buffer.concat([1, 2, 3].map((byte) => Buffer.alloc(2 ** 20, byte))));
}

/** The page's script and all it imports, as one file. */
async function bundled(): Promise<string> {
  const entry = fileURLToPath(new URL('browser-page.ts', import.meta.url));
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'esnext', lib: { entry, formats: ['es'], fileName: 'page' } },
  });
  const [bundle] = Array.isArray(output) ? output : [output];
  const code = bundle && 'output' in bundle ? bundle.output[0].code : '';
  expect(code).not.toContain('node:');
  return code;
}

/** Serves these paths to a headless browser, and gives what its page posted. */
async function visited(
  served: Readonly<Record<string, string | Uint8Array>>,
): Promise<ReadonlyMap<string, Buffer>> {
  const site: Site = { served, posted: new Map(), waiting: [] };
  const server = createServer((request, response) => void answer(site, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await browse(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return site.posted;
}

/** The page has a picture that comes once its script has posted a result, so that it is not left before. */
const PAGE = `<!doctype html>
<script>
  const post = (error) => fetch('/result', { method: 'POST', body: JSON.stringify({ error }) });
  addEventListener('error', (event) => post(event.message));
  addEventListener('unhandledrejection', (event) => post(String(event.reason)));
</script>
<script type="module" src="/page.js"></script>
<img src="/wait">`;

interface Site {
  readonly served: Readonly<Record<string, string | Uint8Array>>;
  readonly posted: Map<string, Buffer>;
  /** Requests for the picture. */
  readonly waiting: ServerResponse[];
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url!;
  if (request.method === 'POST') site.posted.set(path, Buffer.concat(await Array.fromAsync(request)));
  if (path === '/wait') site.waiting.push(response);
  else respond(site, path, response);
  if (site.posted.has('/result')) for (const picture of site.waiting.splice(0)) picture.end();
}

function respond({ served }: Site, path: string, response: ServerResponse): void {
  response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
  response.end(path === '/' ? PAGE : (served[path] ?? ''));
}

async function browse(url: string): Promise<void> {
  using profile = temporaryFolder();
  const switches = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile.path}`,
    '--dump-dom',
  ];
  await promisify(execFile)(CHROMIUM, [...switches, url], { timeout: 120_000 });
}
