import type { Identity, Model, Version, VersionFile, VersionSealing } from '@cairn/core';
import { formatAge, formatCount, formatSize } from '@cairn/core/units';
import type { Context } from './context.ts';
import { cleanLine, cleanText } from './output/clean.ts';
import { type FieldLine, formatFields, formatPairs } from './output/fields.ts';
import { formatTable } from './output/table.ts';
import { signatureText } from './signature-text.ts';
import { sourceLines } from './source-text.ts';

/** A model for people: its fields, then its card. */
export function modelText(context: Context, model: Model): string {
  const { style } = context;
  const isProtected = (alias: string) => model.protectedAliases.includes(alias);
  const aliases = Object.entries(model.aliases).map(
    ([alias, version]) => `${alias} is ${version}${isProtected(alias) ? ', protected' : ''}`,
  );
  const fields = formatFields(
    [
      ['versions', versionsText(model)],
      ['aliases', aliases],
      ['labels', formatPairs(model.labels)],
      ['created', momentText(context, model.createdAt, model.createdBy)],
      ['changed', momentText(context, model.modifiedAt, model.modifiedBy)],
    ],
    style,
  );
  const card = cleanText(model.card).trim();
  return [heading(context, model.name, []), paragraph(model.description), fields, card && `\n${card}\n`].join(
    '',
  );
}

function versionsText({ versions, latest }: Model): string {
  if (versions === 0) return 'none';
  return `${versions}, ${latest === null ? 'of which not all can be read' : `the newest is ${latest}`}`;
}

/** A version for people: its fields, then a table of its files. */
export async function versionText(context: Context, version: Version): Promise<string> {
  const { style } = context;
  const names = [...(version.latest ? ['latest'] : []), ...version.aliases];
  const fields = formatFields(
    [
      ['type', version.type],
      ...sealingFields(version),
      ['added', momentText(context, version.createdAt, version.createdBy)],
      ['signed', signatureText(version.signature ?? null)],
      ['base', version.base ?? ''],
      ['from', sourceLines(version.sources)],
      ['framework', version.framework ?? ''],
      ['metrics', formatPairs(version.metrics)],
      ['params', formatPairs(version.params)],
      ['labels', formatPairs(version.labels)],
      ['commit', version.commit],
    ],
    style,
  );
  const title = heading(context, `${version.model}@${version.version}`, names);
  const files = version.sealing?.contents?.files ?? version.files;
  return [title, paragraph(version.description), fields, '\n', await filesTable(context, files)].join('');
}

/** Sizes, and what opens a sealed version. */
function sealingFields({ size, files, sealing, model }: Version): FieldLine[] {
  const stored = `${formatSize(size)} in ${formatCount(files.length, 'file')}`;
  if (sealing === null) return [['size', stored]];
  const { contents, sealedAs } = sealing;
  const inside = contents && `${formatSize(contents.size)} in ${formatCount(contents.files.length, 'file')}`;
  return [
    ['sealed', `opens with ${slotsText(sealing)}${contents ? '' : '; not opened'}`],
    ['sealed as', sealedAs.model === model ? '' : `${sealedAs.model}@${sealedAs.version}`],
    ['size', inside ?? ''],
    ['stored', stored],
  ];
}

/** Such as `2 keys or a passphrase`. */
function slotsText({ slots }: VersionSealing): string {
  const count = (wanted: string) => slots.filter(({ kind }) => kind === wanted).length;
  const kinds = [
    ['key', count('key')],
    ['passphrase', count('passphrase')],
  ] as const;
  return kinds
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => (number === 1 ? `a ${kind}` : `any of ${number} ${kind}s`))
    .join(' or ');
}

/** One file of a version for people. */
export function fileText({ style }: Context, file: VersionFile, isSealed: boolean): string {
  const fields = formatFields(
    [
      [
        'size',
        file.size < 1024 ? formatCount(file.size, 'byte') : `${formatSize(file.size)} (${file.size} bytes)`,
      ],
      ['sha256', file.sha256],
      ['stored', isSealed ? 'sealed' : file.parted ? 'in parts' : 'whole'],
      ['here', (file.present ?? file.size) < file.size ? hereText(file) : ''],
      ['executable', file.executable ? 'yes' : 'no'],
    ],
    style,
  );
  return `${style.heading(cleanLine(file.path))}\n${fields}`;
}

/** How much of a file a lazy clone has. */
function hereText({ size, present = size }: VersionFile): string {
  if (present === 0) return size === 0 ? 'all' : 'none';
  return present === size ? 'all' : formatSize(present);
}

function heading({ style }: Context, title: string, names: readonly string[]): string {
  const beside = names.length > 0 ? `  ${style.good(cleanLine(`(${names.join(', ')})`))}` : '';
  return `${style.heading(cleanLine(title))}${beside}\n`;
}

function paragraph(text: string): string {
  const cleaned = cleanText(text).trim();
  return cleaned === '' ? '' : `${cleaned}\n\n`;
}

function momentText(context: Context, time: string, { name, email }: Identity): string {
  return `${formatAge(time, context.now())} by ${name} <${email}>`;
}

function filesTable({ terminal, style }: Context, files: readonly VersionFile[]): Promise<string> {
  const isLazy = files.some(({ size, present = size }) => present < size);
  return formatTable(
    [
      { header: 'FILE', paint: style.name },
      { header: 'SIZE', align: 'right' },
      ...(isLazy ? [{ header: 'HERE', align: 'right' } as const] : []),
      { header: 'SHA-256', shrinks: true, paint: style.faint },
    ],
    files.map((file) => [file.path, formatSize(file.size), ...(isLazy ? [hereText(file)] : []), file.sha256]),
    { width: terminal.out.columns, style },
  );
}
