import { bentomlFolder } from './bentoml/folder-origin.ts';
import { headerLabels, headersIn } from './file-headers.ts';
import { type FolderPlace, huggingFaceFolder } from './hugging-face/hugging-face-origin.ts';
import type { OriginParts } from './origin-parts.ts';

/** What a folder is, told by the files in it: a bento, a model of BentoML or of Hugging Face, or any other folder. */
export async function describeFolder(place: FolderPlace): Promise<OriginParts> {
  return (await bentomlFolder(place)) ?? (await huggingFaceFolder(place)) ?? plainFolder(place);
}

async function plainFolder({ folder, path, signal }: FolderPlace): Promise<OriginParts> {
  const headers = await headersIn([folder], signal);
  return {
    sources: [{ path: folder }],
    details: { labels: headerLabels(headers) },
    recorded: { kind: 'folder', path, ...(headers.length > 0 && { headers }) },
  };
}
