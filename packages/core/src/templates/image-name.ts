/**
 * The name and tag of a version's image, such as `stockpred:v3`. Names of images are lower-case with single separators
 * between letters and digits (the reference grammar of the distribution specification), and tags have no `+`.
 */
export function imageName(model: string, version: string): string {
  const name = model
    .toLowerCase()
    .replace(/[._-]{2,}/g, '-')
    .replace(/[._-]+$/, '');
  return `${name}:${version.replaceAll('+', '-')}`;
}
