import type { Identity, Model, Version, VersionFile } from '@cairn/core';
import type { Context } from './context.ts';
import { cleanLine, cleanText } from './output/clean.ts';
import { formatFields, formatPairs } from './output/fields.ts';
import { formatTable } from './output/table.ts';
import { formatAge, formatCount, formatSize } from './output/units.ts';

/** A model for people: its fields, then its card. */
export function modelText(context: Context, model: Model): string {
  const { style } = context;
  const aliases = Object.entries(model.aliases).map(([alias, version]) => `${alias} is ${version}`);
  const fields = formatFields(
    [
      ['versions', model.latest === null ? 'none' : `${model.versions}, the newest is ${model.latest}`],
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

/** A version for people: its fields, then a table of its files. */
export async function versionText(context: Context, version: Version): Promise<string> {
  const { style } = context;
  const names = [...(version.latest ? ['latest'] : []), ...version.aliases];
  const fields = formatFields(
    [
      ['type', version.type],
      ['size', `${formatSize(version.size)} in ${formatCount(version.files.length, 'file')}`],
      ['added', momentText(context, version.createdAt, version.createdBy)],
      ['base', version.base ?? ''],
      ['framework', version.framework ?? ''],
      ['metrics', formatPairs(version.metrics)],
      ['params', formatPairs(version.params)],
      ['labels', formatPairs(version.labels)],
      ['commit', version.commit],
    ],
    style,
  );
  const title = heading(context, `${version.model}@${version.version}`, names);
  return [title, paragraph(version.description), fields, '\n', await filesTable(context, version.files)].join(
    '',
  );
}

/** One file of a version for people. */
export function fileText({ style }: Context, file: VersionFile): string {
  const fields = formatFields(
    [
      [
        'size',
        file.size < 1024 ? formatCount(file.size, 'byte') : `${formatSize(file.size)} (${file.size} bytes)`,
      ],
      ['sha256', file.sha256],
      ['stored', file.parted ? 'in parts' : 'whole'],
      ['executable', file.executable ? 'yes' : 'no'],
    ],
    style,
  );
  return `${style.heading(cleanLine(file.path))}\n${fields}`;
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
  return formatTable(
    [
      { header: 'FILE', paint: style.name },
      { header: 'SIZE', align: 'right' },
      { header: 'SHA-256', shrinks: true, paint: style.faint },
    ],
    files.map((file) => [file.path, formatSize(file.size), file.sha256]),
    { width: terminal.out.columns, style },
  );
}
