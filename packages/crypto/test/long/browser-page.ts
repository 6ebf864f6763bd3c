import {
  availableEngine,
  createEnvelope,
  type Engine,
  memorySource,
  openContainerFile,
  openEnvelope,
  openManifest,
  PackageReader,
  parseKeyFile,
  pureEngine,
  type SealedObject,
  sealManifest,
  sealPackage,
  writeContainerFile,
} from '../../src/index.ts';

/** What the page found, for the test to compare. */
export interface PageResult {
  readonly engine: string;
  readonly files: Record<string, string>;
  readonly filesOfPureEngine: Record<string, string>;
}

const key = parseKeyFile(await (await fetch('/key')).text());
const container = new Uint8Array(await (await fetch('/container')).arrayBuffer());

const engine = availableEngine();
const result: PageResult = {
  engine: engine.name,
  files: await openedFiles(engine),
  filesOfPureEngine: await openedFiles(pureEngine),
};
await fetch('/sealed', { method: 'POST', body: await sealedHere() });
await fetch('/result', { method: 'POST', body: JSON.stringify(result) });

/** The SHA-256 of each file, by its path. */
async function openedFiles(engine: Engine): Promise<Record<string, string>> {
  const { model, version, envelope, manifest, objects } = await openContainerFile(memorySource(container));
  const { domain } = await openEnvelope(engine, envelope, { kind: 'key', key });
  const opened = await openManifest(domain, manifest, { model, version });
  const reader = new PackageReader(domain, opened, (id) => objects.get(id)!);
  const hashes: Record<string, string> = {};
  for (const { path, size, sha256 } of opened.files) {
    let read = 0;
    for await (const chunk of reader.chunks(path)) read += chunk.length;
    if (read === size) hashes[path] = sha256;
  }
  return hashes;
}

/** A container that is made here, for Node to open. */
async function sealedHere(): Promise<Blob> {
  const { envelope, domain } = await createEnvelope(engine, {
    secrets: [{ kind: 'passphrase', passphrase: 'made in a browser' }],
    logN: 14,
  });
  const objects = new Map<string, Uint8Array>();
  const plan = { model: 'net', version: 'v1', parent: null, package: null };
  const file = { path: 'a', role: 'model', executable: false, size: 3 * 2 ** 20, open: content } as const;
  const manifest = await sealPackage(domain, { ...plan, files: [file] }, async (object: SealedObject) => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of object.chunks) pieces.push(chunk.slice());
    objects.set(object.id, new Uint8Array(await new Blob(pieces).arrayBuffer()));
  });
  const parts = {
    ...plan,
    envelope,
    manifest: memorySource(await sealManifest(domain, manifest)),
    objects: new Map([...objects].map(([id, bytes]) => [id, memorySource(bytes)])),
  };
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of writeContainerFile(parts)) chunks.push(chunk.slice());
  return new Blob(chunks);
}

async function* content(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 3; i++) yield new Uint8Array(2 ** 20).fill(i + 1);
}
