import type { Unit } from '../measure/sample.ts';

/** `0.123 s`, `2.41 s`, `34.5 s`; `150 MB`, of 10^6 bytes. */
export function formatValue(unit: Unit, value: number): string {
  return unit === 'seconds' ? `${threeDigits(value)} s` : `${threeDigits(value / 1e6)} MB`;
}

/** `256 MiB`, `8 GiB`. */
export function formatDataSize(size: number): string {
  const gib = size / 1024 ** 3;
  return gib >= 1 ? `${Number(gib.toFixed(2))} GiB` : `${Math.round(size / 1024 ** 2)} MiB`;
}

/** `10,000`, the same whatever the language of the machine. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `0.714 ×`: a limit may differ from what is measured in the third place. */
export function formatFactor(factor: number): string {
  return `${factor < 10 ? factor.toFixed(3) : threeDigits(factor)} ×`;
}

/** As many places behind the point as make three digits, and never an exponent. */
function threeDigits(value: number): string {
  if (value >= 100) return formatCount(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}
