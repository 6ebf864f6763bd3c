import { z } from 'zod';
import { filePathProblem } from '../file-path.ts';
import { checkedText, functionName, strictFields, text } from './manifest-fields.ts';
import type { BuiltInLoader, BuiltInPredictor } from './package-manifest.ts';

/** More dimensions than any tensor has. */
const DIMENSIONS_MAX = 64;

/** A path relative to `src/`, without `.` and `..`. */
const classFile = checkedText(
  (path) => filePathProblem(path) ?? (path.endsWith('.py') ? null : 'it must be a Python file (.py)'),
);

const pytorchLoader = strictFields({
  'built-in': z.literal('PyTorchLoader'),
  model_cls_file: classFile,
  model_cls_name: functionName,
  device: text.optional(),
}).transform(
  (fields): BuiltInLoader => ({
    kind: 'built-in',
    name: 'PyTorchLoader',
    modelClassFile: `src/${fields.model_cls_file}`,
    modelClassName: fields.model_cls_name,
    device: fields.device ?? null,
  }),
);

const pytorchClassifier = strictFields({
  'built-in': z.literal('PyTorchClassifier'),
  submodel: text,
  classes: z.array(z.string()).optional(),
  batch: z.boolean().optional(),
  output_class_dim: z.int().min(-DIMENSIONS_MAX).max(DIMENSIONS_MAX).optional(),
}).transform((fields): BuiltInPredictor => {
  const batch = fields.batch ?? true;
  return {
    kind: 'built-in',
    name: 'PyTorchClassifier',
    submodel: fields.submodel,
    classes: fields.classes ?? null,
    batch,
    outputClassDimension: fields.output_class_dim ?? (batch ? 1 : 0),
  };
});

/** The loaders that a manifest can name with `built-in`, and their arguments. */
export const BUILT_IN_LOADERS: ReadonlyMap<string, z.ZodType<BuiltInLoader>> = new Map([
  ['PyTorchLoader', pytorchLoader],
]);

/** The predictors that a manifest can name with `built-in`, and their arguments. */
export const BUILT_IN_PREDICTORS: ReadonlyMap<string, z.ZodType<BuiltInPredictor>> = new Map([
  ['PyTorchClassifier', pytorchClassifier],
]);
